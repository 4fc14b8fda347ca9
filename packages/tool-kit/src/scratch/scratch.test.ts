import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execSandboxed } from '../sandbox/exec.ts';
import { createScratch, removeScratch } from './scratch.ts';

const LIMITS = { memoryBytes: 1024 ** 3, maxFileBytes: 1024 ** 2, maxProcesses: 16, cpuSeconds: 10 };

let root: string;
beforeEach(async () => {
	root = join(await mkdtemp(join(tmpdir(), 'scratch-')), 'root');
});
afterEach(() => rm(join(root, '..'), { recursive: true, force: true }));

test('a scratch directory is readable by its owner alone', async () => {
	const scratch = await createScratch(root);
	expect((await stat(scratch.path)).mode & 0o777).toBe(0o700);
	expect((await stat(scratch.toolDir)).mode & 0o777).toBe(0o700);
});

test('createScratch returns another directory each time', async () => {
	const [one, other] = await Promise.all([createScratch(root), createScratch(root)]);
	expect(one.path).not.toBe(other.path);
});

describe('removeScratch', () => {
	test('removes directories that a command made unreadable', async () => {
		const scratch = await createScratch(root);
		const script = 'mkdir -p a/b/c; touch a/b/c/d; chmod 000 a/b/c a/b a; chmod 000 .';
		const result = await execSandboxed({ command: 'bash', args: ['-c', script], scratch, limits: LIMITS });
		expect(result.exitCode).toBe(0);
		await removeScratch(scratch);
		expect(await readdir(root)).toEqual([]);
	});

	test('removes paths that are longer than PATH_MAX', async () => {
		const scratch = await createScratch(root);
		const nest =
			'import os\nfor _ in range(500):\n\tos.mkdir("d" * 50)\n\tos.chdir("d" * 50)\nos.chmod(".", 0)';
		const run = { command: 'python3', args: ['-c', nest], scratch };
		await execSandboxed({ ...run, limits: { ...LIMITS, maxScratchBytes: 1024 ** 3 } }).catch(() => undefined);
		expect(await readdir(scratch.toolDir)).toEqual(['d'.repeat(50)]);
		await removeScratch(scratch);
		expect(await readdir(root)).toEqual([]);
	});

	test('removes a link and not its target', async () => {
		const outside = join(root, '..', 'outside');
		await mkdir(outside);
		await writeFile(join(outside, 'kept'), '');
		const scratch = await createScratch(root);
		await execSandboxed({ command: 'ln', args: ['-s', outside, 'link'], scratch, limits: LIMITS });
		await removeScratch(scratch);
		expect(await readdir(outside)).toEqual(['kept']);
	});

	test('resolves for a directory that does not exist', async () => {
		const scratch = await createScratch(root);
		await removeScratch(scratch);
		await expect(removeScratch(scratch)).resolves.toBeUndefined();
	});
});
