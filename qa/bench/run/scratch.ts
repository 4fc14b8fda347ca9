import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratch, removeScratch, type Scratch } from '@creatorr/tool-kit/scratch/scratch';

let root: string | undefined;

/** Where the scratch directories of this process are, until {@link removeScratchRoot}. */
export function scratchRoot(): string {
	root ??= mkdtempSync(join(tmpdir(), 'creatorr-bench-'));
	return root;
}

/** Without waiting, so that it can be the last thing that a process does. */
export function removeScratchRoot(): void {
	if (root !== undefined) rmSync(root, { recursive: true, force: true });
	root = undefined;
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
