import { copyFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Workspace } from '@creatorr/tool-kit/pool/warm-pool';
import { createWorkspaces } from '@creatorr/tool-kit/pool/workspaces';
import { runTool } from '@creatorr/tool-kit/run/run-tool';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import type { Sample } from '../samples/sample.ts';
import { say } from '../say.ts';
import { scratchRoot } from './scratch.ts';
import { failure, type Made, secondsSince, success, type Trial } from './trial.ts';

export type Look<T> = (made: Made, scratch: Scratch) => Promise<T>;

/** Runs one of our tools as the tool-worker does, with its prewarmed processes. */
export interface Worker {
	/** The time is what a job's duration_ms says. `look` sees the output before it is removed. */
	run<T>(sample: Sample, look: Look<T>): Promise<Trial<T>>;
	stop(): Promise<void>;
}

/** `jobsPerProcess`: how many jobs a prewarmed process serves. */
export function startWorker(tool: Tool, { jobsPerProcess }: { jobsPerProcess: number }): Worker {
	const workspaces = createWorkspaces([tool], {
		scratchRoot: scratchRoot(),
		prewarmedPerTool: availableParallelism(),
		jobsPerProcess,
		onProblem: (problem, error) => say(`${tool.manifest.slug}: ${problem}: ${error}`),
	});
	return {
		async run(sample, look) {
			const workspace = await workspaces.acquire(tool);
			try {
				await copyFile(sample.path, workspace.scratch.inputPath);
				return await runOne(tool, sample, workspace, look);
			} finally {
				await workspaces.release(workspace);
			}
		},
		stop: () => workspaces.stop(),
	};
}

async function runOne<T>(tool: Tool, sample: Sample, workspace: Workspace, look: Look<T>): Promise<Trial<T>> {
	const sizeBytes = (await stat(workspace.scratch.inputPath)).size;
	const startedAt = performance.now();
	try {
		const { outputPath, outputSizeBytes, details, warnings } = await runTool(tool, {
			...workspace,
			name: basename(sample.path),
			mimeType: sample.mimeType,
			sizeBytes,
			params: sample.params,
			signal: new AbortController().signal,
			onProgress: () => {},
		});
		const seconds = secondsSince(startedAt);
		const made = { path: outputPath, sizeBytes: outputSizeBytes, details, warnings };
		return success(seconds, made, await look(made, workspace.scratch));
	} catch (error) {
		// what is no ToolError is a bug, which the worker answers so
		const code = error instanceof ToolError ? error.code : 'internal';
		return failure(secondsSince(startedAt), code, String(error));
	}
}
