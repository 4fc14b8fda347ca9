import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { runTool, type Tool } from '@creatorr/tool-kit/run-tool';
import type { Scratch } from '@creatorr/tool-kit/scratch';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import type { Sample } from '../samples/sample.ts';
import { inScratch } from './scratch.ts';
import { failure, type Made, secondsSince, success, type Trial } from './trial.ts';

/** Runs our tool on a file as the worker does. `look` sees the output before it is removed. */
export function runOurs<T>(
	tool: Tool,
	sample: Sample,
	look: (made: Made, scratch: Scratch) => Promise<T>,
): Promise<Trial<T>> {
	return inScratch(sample.path, async (scratch) => {
		const sizeBytes = (await stat(scratch.inputPath)).size;
		const startedAt = performance.now();
		try {
			const { outputPath, outputSizeBytes, details, warnings } = await runTool(tool, {
				scratch,
				name: basename(sample.path),
				mimeType: sample.mimeType,
				sizeBytes,
				params: sample.params,
				signal: new AbortController().signal,
				onProgress: () => {},
			});
			const seconds = secondsSince(startedAt);
			const made = { path: outputPath, sizeBytes: outputSizeBytes, details, warnings };
			return success(seconds, made, await look(made, scratch));
		} catch (error) {
			// what is no ToolError is a bug, which the worker answers so
			const code = error instanceof ToolError ? error.code : 'internal';
			return failure(secondsSince(startedAt), code, String(error));
		}
	});
}
