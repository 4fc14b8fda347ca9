import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createScratch } from '../src/scratch.ts';
import { claimScratchHome } from '../src/scratch-home.ts';

let root: string;
const workers: ChildProcess[] = [];
beforeEach(async () => {
	root = join(await mkdtemp(join(tmpdir(), 'scratch-home-')), 'root');
});
afterEach(async () => {
	for (const worker of workers.splice(0)) worker.kill('SIGKILL');
	await rm(join(root, '..'), { recursive: true });
});

/** Another process that has a home with a job's directory in it. */
async function startNeighbour(): Promise<{ worker: ChildProcess; path: string }> {
	const module = (name: string) => JSON.stringify(new URL(`../src/${name}.ts`, import.meta.url).href);
	const script = `
		import { createScratch } from ${module('scratch')};
		import { claimScratchHome } from ${module('scratch-home')};
		const home = await claimScratchHome(${JSON.stringify(root)});
		await createScratch(home.path);
		console.log(home.path);
		setInterval(() => {}, 1000);`;
	const worker = spawn(process.execPath, ['--input-type=module', '-e', script], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, NODE_OPTIONS: '' },
	});
	workers.push(worker);
	const [line] = await once(worker.stdout as NonNullable<typeof worker.stdout>, 'data');
	return { worker, path: String(line).trim() };
}

const homes = async () => (await readdir(root)).filter((name) => name !== 'lock');

test('a home is for its owner alone, and gone when it is left', async () => {
	const home = await claimScratchHome(root);
	expect((await stat(home.path)).mode & 0o777).toBe(0o700);
	await createScratch(home.path);
	await home.leave();
	expect(await homes()).toEqual([]);
});

test('what a worker left that was killed is removed, and counted', async () => {
	const { worker } = await startNeighbour();
	worker.kill('SIGKILL');
	await once(worker, 'exit');
	const home = await claimScratchHome(root);
	expect(home.removedJobs).toBe(1);
	expect(await homes()).toEqual([basename(home.path)]);
	await home.leave();
});

test('a neighbour that lives keeps its own', async () => {
	const { path } = await startNeighbour();
	const home = await claimScratchHome(root);
	expect(home.removedJobs).toBe(0);
	expect(await readdir(path)).toHaveLength(2);
	await home.leave();
	expect(await homes()).toEqual([basename(path)]);
});

test('two that come at once both get one', async () => {
	const [one, other] = await Promise.all([claimScratchHome(root), claimScratchHome(root)]);
	expect((await homes()).sort()).toEqual([basename(one.path), basename(other.path)].sort());
	await Promise.all([one.leave(), other.leave()]);
});

test('directories of jobs in the root itself are removed, and nothing else is', async () => {
	await mkdir(root);
	await createScratch(root);
	await writeFile(join(root, 'other'), '');
	const home = await claimScratchHome(root);
	expect(home.removedJobs).toBe(1);
	expect((await homes()).sort()).toEqual(['other', basename(home.path)].sort());
	await home.leave();
});
