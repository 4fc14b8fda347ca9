import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolContext } from '@creatorr/tool-kit/run';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox-files';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { z } from 'zod';
import { throwOnLimit, toolFailed } from '../command-failure.ts';

export interface PreparedImage {
	path: string;
	pages: number;
	dpi: number;
}

// A page of A0 at 300 dpi.
const MAX_PIXELS = 150_000_000;
const UNREADABLE = 10;
const TOO_LARGE = 11;
const INPUT = 'image';
const OUTPUT = 'prepared-image';
const SCRIPT = new URL('./prepare_image.py', import.meta.url);

const answerSchema = z.object({ isConverted: z.boolean(), frames: z.int().min(1), dpi: z.int().min(1) });

/**
 * Makes of an image one that OCRmyPDF takes, as it refuses transparency and a missing resolution. Throws a ToolError for an
 * image that can't be read to its end or has too many pixels.
 */
export async function prepareImage(context: ToolContext, path: string): Promise<PreparedImage> {
	const script = await readFile(SCRIPT, 'utf8');
	const args = ['-I', '-c', script, inputPath(INPUT), scratchPath(OUTPUT), String(MAX_PIXELS)];
	const result = await context.exec('python3', args, { readOnly: { [INPUT]: path } });
	if (result.exitCode === UNREADABLE) {
		throw new ToolError(
			'corrupt_input',
			'The image is damaged or incomplete. Upload it again, or save it anew first.',
			{
				cause: result,
			},
		);
	}
	if (result.exitCode === TOO_LARGE) {
		throw new ToolError(
			'limit_exceeded',
			`The image has more than ${MAX_PIXELS} pixels. Scale it down first.`,
		);
	}
	throwOnLimit(result);
	if (result.exitCode !== 0) throw toolFailed(result);
	const { isConverted, frames, dpi } = answerSchema.parse(JSON.parse(result.stdoutTail));
	return { path: isConverted ? join(context.scratchDir, OUTPUT) : path, pages: frames, dpi };
}
