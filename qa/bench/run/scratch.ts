import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execSandboxed } from '@creatorr/tool-kit/sandbox/exec';
import { createScratch, removeScratch, type Scratch } from '@creatorr/tool-kit/scratch/scratch';
import type { CommandOptions, CommandResult } from '@creatorr/tool-kit/tool/tool';

const GIB = 1024 ** 3;
const TIMEOUT_MS = 20 * 60_000;

/** The highest limits of any tool, so that no command reaches one. */
const LIMITS = {
	memoryBytes: 8 * GIB,
	maxFileBytes: 8 * GIB,
	maxProcesses: 512,
	cpuSeconds: (2 * TIMEOUT_MS) / 1000,
};

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

/** Calls `work` with a scratch directory whose input is a copy of the file. */
export async function inScratch<T>(path: string, work: (scratch: Scratch) => Promise<T>): Promise<T> {
	const scratch = await createScratch(scratchRoot());
	try {
		await copyFile(path, scratch.inputPath);
		return await work(scratch);
	} finally {
		await removeScratch(scratch);
	}
}

/** Runs a command in the sandbox of the tools' own commands. */
export function execInScratch(
	scratch: Scratch,
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<CommandResult> {
	return execSandboxed({ timeoutMs: TIMEOUT_MS, ...options, command, args, scratch, limits: LIMITS });
}
