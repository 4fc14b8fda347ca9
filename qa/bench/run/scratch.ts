import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let root: string | undefined;

/** Returns the directory of this process for scratch directories and other temporary files. */
export function scratchRoot(): string {
	root ??= mkdtempSync(join(tmpdir(), 'creatorr-bench-'));
	return root;
}

/** Synchronous, so that it can run when the process exits. */
export function removeScratchRoot(): void {
	if (root !== undefined) rmSync(root, { recursive: true, force: true });
	root = undefined;
}
