import { chmod, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import type { Sample } from '../samples/sample.ts';
import { runCommand } from './command.ts';
import { inScratch } from './scratch.ts';
import { failure, secondsSince, success, type Trial } from './trial.ts';
import type { Look } from './worker.ts';

/** What anyone would type. */
export interface NaiveCommand {
	command: string;
	args(input: string): readonly string[];
	/** The name of the file that it makes in its working directory. */
	output: string;
}

const INPUT_STEM = 'input';

/**
 * Runs the first of the commands that makes something of the file, in the tools' own sandbox; each begins anew, and only the one
 * that did it counts. `look` sees the output before it is removed.
 */
export async function runNaive<T>(
	sample: Sample,
	commands: readonly NaiveCommand[],
	look: Look<T>,
): Promise<Trial<T>> {
	let trial: Trial<T> = failure(0, 'tool_failed', 'no command was given');
	for (const command of commands) {
		trial = await inScratch(sample.path, (scratch) => runOne(sample, command, scratch, look));
		if (trial.made) return trial;
	}
	return trial;
}

async function runOne<T>(
	sample: Sample,
	{ command, args, output }: NaiveCommand,
	scratch: Scratch,
	look: Look<T>,
): Promise<Trial<T>> {
	await chmod(scratch.inputPath, 0o444);
	const name = INPUT_STEM + extname(sample.path).toLowerCase();
	const startedAt = performance.now();
	const result = await runCommand(scratch, command, args(inputPath(name)), {
		readOnly: { [name]: scratch.inputPath },
	});
	const seconds = secondsSince(startedAt);
	const path = join(scratch.toolDir, output);
	const sizeBytes = await stat(path).then(
		(stats) => stats.size,
		() => 0,
	);
	if (result.exitCode !== 0 || sizeBytes === 0) {
		return failure(seconds, 'tool_failed', result.stderrTail.trim().split('\n').at(-1) ?? '');
	}
	const made = { path, sizeBytes, details: {}, warnings: [] };
	return success(seconds, made, await look(made, scratch));
}

/** The output of an office document named by {@link runNaive}. */
export const OFFICE_OUTPUT = `${INPUT_STEM}.pdf`;
