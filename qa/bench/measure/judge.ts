import { readFile } from 'node:fs/promises';
import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { z } from 'zod';
import { runCommand } from '../run/command.ts';

const SCRIPT = new URL('./judge_pdf.py', import.meta.url);

const verdictSchema = z.object({
	ratio: z.number(),
	score: z.number(),
	ssim: z.number(),
	lost: z.array(z.string()),
});

/** See judge_pdf.py. */
export type Verdict = z.output<typeof verdictSchema>;

/** What a compressed PDF is worth beside its original. */
export async function judge(scratch: Scratch, original: string, output: string): Promise<Verdict> {
	const args = [
		'-I',
		'-c',
		await readFile(SCRIPT, 'utf8'),
		inputPath('original.pdf'),
		inputPath('output.pdf'),
	];
	const readOnly = { 'original.pdf': original, 'output.pdf': output };
	const result = await runCommand(scratch, 'python3', args, { readOnly });
	if (result.exitCode !== 0) throw new Error(`the judge failed: ${result.stderrTail}`);
	return verdictSchema.parse(JSON.parse(result.stdoutTail));
}
