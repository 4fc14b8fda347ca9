import { copyFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { runTool } from '@creatorr/tool-kit/run-tool';
import type { Scratch } from '@creatorr/tool-kit/scratch';
import type { Tool } from '@creatorr/tool-kit/tool';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import type { Workplace } from '@creatorr/tool-kit/workplace';
import { createWorkplaces } from '@creatorr/tool-kit/workplaces';
import type { Sample } from '../samples/sample.ts';
import { say } from '../say.ts';
import { scratchRoot } from './scratch.ts';
import { failure, type Made, secondsSince, success, type Trial } from './trial.ts';

export type Look<T> = (made: Made, scratch: Scratch) => Promise<T>;

/** Runs one of our tools as the tool-worker does, with the processes that stand by for it. */
export interface Worker {
	/** The time is what a job's duration_ms says. `look` sees the output before it is removed. */
	run<T>(sample: Sample, look: Look<T>): Promise<Trial<T>>;
	stop(): Promise<void>;
}

/** `jobsPerProcess`: how many jobs a process that stands by serves. */
export function startWorker(tool: Tool, { jobsPerProcess }: { jobsPerProcess: number }): Worker {
	const workplaces = createWorkplaces([tool], {
		scratchRoot: scratchRoot(),
		standbys: availableParallelism(),
		jobsPerProcess,
		onProblem: (problem, error) => say(`${tool.manifest.slug}: ${problem}: ${error}`),
	});
	return {
		async run(sample, look) {
			const workplace = await workplaces.take(tool);
			try {
				await copyFile(sample.path, workplace.scratch.inputPath);
				return await runOne(tool, sample, workplace, look);
			} finally {
				await workplaces.giveBack(workplace);
			}
		},
		stop: () => workplaces.stop(),
	};
}

async function runOne<T>(tool: Tool, sample: Sample, workplace: Workplace, look: Look<T>): Promise<Trial<T>> {
	const sizeBytes = (await stat(workplace.scratch.inputPath)).size;
	const startedAt = performance.now();
	try {
		const { outputPath, outputSizeBytes, details, warnings } = await runTool(tool, {
			...workplace,
			name: basename(sample.path),
			mimeType: sample.mimeType,
			sizeBytes,
			params: sample.params,
			signal: new AbortController().signal,
			onProgress: () => {},
		});
		const seconds = secondsSince(startedAt);
		const made = { path: outputPath, sizeBytes: outputSizeBytes, details, warnings };
		return success(seconds, made, await look(made, workplace.scratch));
	} catch (error) {
		// what is no ToolError is a bug, which the worker answers so
		const code = error instanceof ToolError ? error.code : 'internal';
		return failure(secondsSince(startedAt), code, String(error));
	}
}
