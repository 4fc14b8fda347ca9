import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureReport } from '@creatorr/tool-kit/run/failure-report';
import { inputPath, SANDBOX_SCRATCH, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import type { ToolContext } from '@creatorr/tool-kit/tool/tool';
import { ToolError } from '@creatorr/tool-kit/tool/tool-error';
import { z } from 'zod';
import { throwOnLimit, toolFailed } from '../command-failure.ts';

// An A0 page at 300 dpi.
const MAX_PIXELS = 150_000_000;
const UNREADABLE = 10;
const TOO_LARGE = 11;
const INPUT = 'image';
const OUTPUT = 'image.pdf';
const SCRIPT = new URL('./python/image_to_pdf.py', import.meta.url);

const responseSchema = z.object({ pages: z.int().min(1) });

/**
 * Converts an image of any kind to a PDF. `dpi` overrides its own resolution. Throws a ToolError for an image that is truncated or has too
 * many pixels.
 */
export async function imageToPdf(
	context: ToolContext,
	path: string,
	dpi: number | null,
): Promise<{ path: string; pages: number }> {
	const script = await readFile(SCRIPT, 'utf8');
	const args = [inputPath(INPUT), scratchPath(OUTPUT), SANDBOX_SCRATCH, String(MAX_PIXELS)];
	const result = await context.exec(
		'python3',
		['-I', '-c', script, ...args, ...(dpi === null ? [] : [String(dpi)])],
		{ readOnly: { [INPUT]: path } },
	);
	if (result.exitCode === UNREADABLE) {
		throw new ToolError(
			'corrupt_input',
			'The image is damaged or incomplete. Upload it again, or open it and save a new copy.',
			{ cause: failureReport(result) },
		);
	}
	if (result.exitCode === TOO_LARGE) {
		throw new ToolError(
			'limit_exceeded',
			`The image has more than ${MAX_PIXELS.toLocaleString('en')} pixels. Scan it again at a lower resolution (300 DPI is enough), or reduce its width and height in a photo program.`,
		);
	}
	throwOnLimit(result);
	if (result.exitCode !== 0) throw toolFailed(result);
	const { pages } = responseSchema.parse(JSON.parse(result.stdoutTail));
	return { path: join(context.scratchDir, OUTPUT), pages };
}
