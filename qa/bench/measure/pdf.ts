import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox/paths';
import type { Scratch } from '@creatorr/tool-kit/scratch/scratch';
import { runCommand } from '../run/command.ts';

const NAME = 'look.pdf';
const TEXT = 'look.txt';

/** The text of a PDF, as its reader would copy it. */
export async function textOf(scratch: Scratch, path: string): Promise<string> {
	const args = [inputPath(NAME), scratchPath(TEXT)];
	const result = await runCommand(scratch, 'pdftotext', args, { readOnly: { [NAME]: path } });
	return result.exitCode === 0 ? readFile(join(scratch.toolDir, TEXT), 'utf8') : '';
}

/** NaN for a file that is no PDF. */
export async function pagesOf(scratch: Scratch, path: string): Promise<number> {
	const args = ['--show-npages', inputPath(NAME)];
	const result = await runCommand(scratch, 'qpdf', args, { readOnly: { [NAME]: path } });
	return Number.parseInt(result.stdoutTail, 10);
}
