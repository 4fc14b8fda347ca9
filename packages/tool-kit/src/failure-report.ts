import type { CommandResult } from './command.ts';
import { REDACTED } from './secret-params.ts';

const MAX_STDERR_CHARACTERS = 2 * 1024;

/** What a log line says of a command that failed: never its arguments, nor what it printed to standard output. */
export interface FailureReport {
	/** The program's name. */
	command: string;
	exit_code: number | null;
	signal: string | null;
	timed_out: boolean;
	/** The last 2 KiB. */
	stderr: string;
}

/** Returns the {@link FailureReport} of a command, to be the cause of an error. */
export function failureReport(result: CommandResult): FailureReport {
	return {
		command: result.command,
		exit_code: result.exitCode,
		signal: result.signal,
		timed_out: result.timedOut,
		stderr: result.stderrTail.slice(-MAX_STDERR_CHARACTERS),
	};
}

interface Hidden {
	secrets: readonly string[];
	/** Paths of this machine, which say nothing to a reader. */
	paths: readonly string[];
}

/** Returns a copy of plain data in which no string contains a secret or a path of the job's scratch directory. */
export function redacted(value: unknown, hidden: Hidden): unknown {
	if (typeof value === 'string') return redactText(value, hidden);
	if (Array.isArray(value)) return value.map((item) => redacted(item, hidden));
	if (typeof value !== 'object' || value === null || value instanceof Error) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redacted(item, hidden)]));
}

function redactText(text: string, { secrets, paths }: Hidden): string {
	// The longest first: one secret may be part of another.
	const ordered = secrets.filter((secret) => secret !== '').sort((one, other) => other.length - one.length);
	const withoutSecrets = ordered.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
	return paths.reduce((rest, path) => rest.replaceAll(path, '[scratch]'), withoutSecrets);
}
