import { CommanderError } from 'commander';
import { errorJson, errorLines } from './describe-error.ts';
import { printJson } from './display/print.ts';
import { printable } from './display/printable.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { loadTools } from './load-tools.ts';
import { createProgram } from './program.ts';
import { ReportedError } from './tools/reported-error.ts';

/** Runs a command line. Resolves to the exit code. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
	try {
		const program = createProgram(io, await loadTools(io, argv));
		await program.parseAsync(withDashes(argv), { from: 'user' });
		return 0;
	} catch (caught) {
		// After an interruption, every error is its consequence.
		const error = io.signal.aborted ? io.signal.reason : caught;
		if (error instanceof ReportedError) return exitCodeOf(error.cause);
		const code = exitCodeOf(error);
		if (code !== EXIT.ok) reportError(io, argv, error);
		return code;
	}
}

function reportError(io: Io, argv: readonly string[], error: unknown): void {
	if (argv.includes('--json')) printJson(io, { error: errorJson(error) });
	// Commander has printed its message already.
	if (error instanceof CommanderError) return;
	for (const line of errorLines(error)) io.stderr.write(`${printable(line)}\n`);
}

/** Accepts params with dashes or underscores. */
function withDashes(argv: readonly string[]): string[] {
	const end = argv.indexOf('--');
	return argv.map((argument, index) => {
		const [, flag, rest] = /^(--[a-z][a-z0-9_-]*)(.*)$/s.exec(argument) ?? [];
		const isOption = flag !== undefined && (end < 0 || index < end);
		return isOption ? flag.replaceAll('_', '-') + rest : argument;
	});
}
