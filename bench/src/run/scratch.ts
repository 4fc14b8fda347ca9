import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratch, removeScratch, type Scratch } from '@creatorr/tool-kit/scratch';

let root: string | undefined;

/** Where the scratch directories of this process are; gone when it ends. */
export function scratchRoot(): string {
	if (root !== undefined) return root;
	const made = mkdtempSync(join(tmpdir(), 'creatorr-bench-'));
	process.once('exit', () => rmSync(made, { recursive: true, force: true }));
	root = made;
	return made;
}

/** Gives the work a scratch directory in which a copy of the file is the input. */
export async function inScratch<T>(path: string, work: (scratch: Scratch) => Promise<T>): Promise<T> {
	const scratch = await createScratch(scratchRoot());
	try {
		await copyFile(path, scratch.inputPath);
		return await work(scratch);
	} finally {
		await removeScratch(scratch);
	}
}
