import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { z } from 'zod';
import { execInScratch } from '../run/scratch.ts';

const SCRIPT = new URL('./judge_pdf.py', import.meta.url);

const verdictSchema = z.object({
	ratio: z.number(),
	score: z.number(),
	ssim: z.number(),
	lost: z.array(z.string()),
});

/** See judge_pdf.py. */
export type Verdict = z.output<typeof verdictSchema>;

export async function judgePdf(scratch: Scratch, original: string, output: string): Promise<Verdict> {
	const paths = [inputPath('original.pdf'), inputPath('output.pdf')];
	const result = await execInScratch(
		scratch,
		'python3',
		['-I', '-c', await readFile(SCRIPT, 'utf8'), ...paths],
		{ readOnly: { 'original.pdf': original, 'output.pdf': output } },
	);
	if (result.exitCode !== 0) throw new Error(`judge_pdf.py failed: ${result.stderrTail}`);
	return verdictSchema.parse(JSON.parse(result.stdoutTail));
}

const PDF = 'inspected.pdf';
const TEXT = 'inspected.txt';

/** Extracts the text of a PDF as its reader would copy it. */
export async function extractText(scratch: Scratch, path: string): Promise<string> {
	const args = [inputPath(PDF), scratchPath(TEXT)];
	const { exitCode } = await execInScratch(scratch, 'pdftotext', args, { readOnly: { [PDF]: path } });
	return exitCode === 0 ? readFile(join(scratch.toolDir, TEXT), 'utf8') : '';
}

/** Returns NaN for a file that isn't a PDF. */
export async function countPages(scratch: Scratch, path: string): Promise<number> {
	const args = ['--show-npages', inputPath(PDF)];
	const { stdoutTail } = await execInScratch(scratch, 'qpdf', args, { readOnly: { [PDF]: path } });
	return Number.parseInt(stdoutTail, 10);
}
