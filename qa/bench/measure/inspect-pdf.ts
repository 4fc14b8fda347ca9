import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Debian's, which has Debian's packages. */
export const PYTHON = '/usr/bin/python3';
const SCRIPT = join(import.meta.dirname, 'judge_pdf.py');
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

const verdictSchema = z.object({
	ratio: z.number(),
	score: z.number(),
	ssim: z.number(),
	lost: z.array(z.string()),
});

/** See judge_pdf.py. */
export type Verdict = z.output<typeof verdictSchema>;

const run = (command: string, ...args: string[]) =>
	promisify(execFile)(command, args, { maxBuffer: MAX_OUTPUT_BYTES });

export async function judgePdf(original: string, output: string): Promise<Verdict> {
	const { stdout } = await run(PYTHON, '-I', SCRIPT, original, output);
	return verdictSchema.parse(JSON.parse(stdout));
}

/** Extracts the text of a PDF as its reader would copy it; none from a file that isn't a PDF. */
export async function extractText(path: string): Promise<string> {
	return (await run('pdftotext', path, '-').catch(() => ({ stdout: '' }))).stdout;
}

/** Returns NaN for a file that isn't a PDF. */
export async function countPages(path: string): Promise<number> {
	// qpdf fails with warnings, too, after it has printed the number
	const { stdout } = await run('qpdf', '--show-npages', path).catch((error: { stdout: string }) => error);
	return Number.parseInt(stdout, 10);
}
