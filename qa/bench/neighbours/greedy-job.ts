import { writeFile } from 'node:fs/promises';
import { TEXT } from '@creatorr/tool-kit/files/media-types';
import { runTool } from '@creatorr/tool-kit/run/run-tool';
import { createScratch, removeScratch } from '@creatorr/tool-kit/scratch/scratch';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { scratchRoot } from '../run/scratch.ts';
import { greedyTool } from './greedy-tool.ts';

interface GreedyJob {
	/** Ends it; resolves with how it had ended by itself before that, or undefined. */
	stop(): Promise<string | undefined>;
}

/** Runs the script as a job with the limits of the tool, at full priority all the time. */
export async function startGreedyJob(limitsOf: Tool, script: string): Promise<GreedyJob> {
	const scratch = await createScratch(scratchRoot());
	await writeFile(scratch.inputPath, 'x');
	const ending = new AbortController();
	const run = runTool(greedyTool(limitsOf, script), {
		scratch,
		...{ name: 'a.txt', mimeType: TEXT, sizeBytes: 1, params: {} },
		signal: ending.signal,
		onProgress: () => {},
	});
	const ended = run.then(
		() => 'its script ended',
		(error: unknown) => (ending.signal.aborted ? undefined : String(error)),
	);
	return {
		async stop() {
			ending.abort();
			const how = await ended;
			await removeScratch(scratch);
			return how;
		},
	};
}
