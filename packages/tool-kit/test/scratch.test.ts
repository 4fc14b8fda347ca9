import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execSandboxed } from '../src/exec.ts';
import { createScratch, removeScratch, removeStaleScratch } from '../src/scratch.ts';

const LIMITS = { memoryBytes: 1024 ** 3, maxFileBytes: 1024 ** 2, maxProcesses: 16, cpuSeconds: 10 };

let root: string;
beforeEach(async () => {
	root = join(await mkdtemp(join(tmpdir(), 'scratch-')), 'root');
});
afterEach(() => rm(join(root, '..'), { recursive: true, force: true }));

test('a scratch directory is for its owner alone', async () => {
	const scratch = await createScratch(root);
	expect((await stat(scratch.path)).mode & 0o777).toBe(0o700);
	expect((await stat(scratch.toolDir)).mode & 0o777).toBe(0o700);
});

test('two jobs get two directories', async () => {
	const [one, other] = await Promise.all([createScratch(root), createScratch(root)]);
	expect(one.path).not.toBe(other.path);
});

describe('removeScratch', () => {
	test('removes what a command locked', async () => {
		const scratch = await createScratch(root);
		const script = 'mkdir -p a/b/c; touch a/b/c/d; chmod 000 a/b/c a/b a; chmod 000 .';
		const result = await execSandboxed({ command: 'bash', args: ['-c', script], scratch, limits: LIMITS });
		expect(result.exitCode).toBe(0);
		await removeScratch(scratch);
		expect(await readdir(root)).toEqual([]);
	});

	test('removes a link and not what it points to', async () => {
		const outside = join(root, '..', 'outside');
		await mkdir(outside);
		await writeFile(join(outside, 'kept'), '');
		const scratch = await createScratch(root);
		await execSandboxed({ command: 'ln', args: ['-s', outside, 'link'], scratch, limits: LIMITS });
		await removeScratch(scratch);
		expect(await readdir(outside)).toEqual(['kept']);
	});

	test('has nothing against a directory that is gone already', async () => {
		const scratch = await createScratch(root);
		await removeScratch(scratch);
		await expect(removeScratch(scratch)).resolves.toBeUndefined();
	});
});

describe('removeStaleScratch', () => {
	test('removes what earlier jobs left and says how many', async () => {
		await createScratch(root);
		const scratch = await createScratch(root);
		await writeFile(join(scratch.toolDir, 'left'), 'behind');
		expect(await removeStaleScratch(root)).toBe(2);
		expect(await readdir(root)).toEqual([]);
	});

	test('leaves alone what is none of its own', async () => {
		await createScratch(root);
		await writeFile(join(root, 'other'), '');
		await removeStaleScratch(root);
		expect(await readdir(root)).toEqual(['other']);
	});

	test('makes a root that is not there yet', async () => {
		expect(await removeStaleScratch(root)).toBe(0);
		expect((await stat(root)).isDirectory()).toBe(true);
	});
});
