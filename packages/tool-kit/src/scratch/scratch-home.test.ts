import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processesWith } from '../testing/processes.ts';
import { createScratch, isJobDirectory } from './scratch.ts';
import { claimScratchHome } from './scratch-home.ts';

let root: string;
const workers: ChildProcess[] = [];
beforeEach(async () => {
	root = join(await mkdtemp(join(tmpdir(), 'scratch-home-')), 'root');
});
afterEach(async () => {
	for (const worker of workers.splice(0)) worker.kill('SIGKILL');
	await rm(join(root, '..'), { recursive: true });
});

/** Starts another process with a scratch home and a scratch directory in it. */
async function startOtherWorker(): Promise<{ worker: ChildProcess; path: string }> {
	const module = (name: string) => JSON.stringify(new URL(`./${name}.ts`, import.meta.url).href);
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

test('a scratch home is readable by its owner alone, and removed on release', async () => {
	const home = await claimScratchHome(root);
	expect((await stat(home.path)).mode & 0o777).toBe(0o700);
	await createScratch(home.path);
	await home.release();
	expect(await homes()).toEqual([]);
});

test('claimScratchHome removes and counts the scratch directories of a killed worker', async () => {
	const { worker } = await startOtherWorker();
	worker.kill('SIGKILL');
	await once(worker, 'exit');
	const home = await claimScratchHome(root);
	expect(home.removedDirectories).toBe(1);
	expect(await homes()).toEqual([basename(home.path)]);
	await home.release();
});

test('claimScratchHome kills the sandboxes that outlived a killed worker', async () => {
	const { worker, path } = await startOtherWorker();
	const job = join(path, (await readdir(path)).find(isJobDirectory) ?? '');
	const mark = randomUUID();
	const command = ['bash', '-c', `echo started; exec -a ${mark} sleep 60`];
	// Like a sandbox whose worker was killed before bwrap asked the kernel to die with its parent: nothing ends it.
	const sandbox = spawn(
		'bwrap',
		['--dev-bind', '/', '/', '--unshare-pid', '--bind', join(job, 'scratch'), '/tmp', ...command],
		{ stdio: ['ignore', 'pipe', 'inherit'] },
	);
	workers.push(sandbox);
	await once(sandbox.stdout, 'data');
	worker.kill('SIGKILL');
	await once(worker, 'exit');
	const home = await claimScratchHome(root);
	expect(processesWith(mark).filter((line) => !line.startsWith('bwrap'))).toEqual([]);
	await home.release();
});

test('claimScratchHome keeps the scratch directories of a running worker', async () => {
	const { path } = await startOtherWorker();
	const home = await claimScratchHome(root);
	expect(home.removedDirectories).toBe(0);
	expect(await readdir(path)).toHaveLength(2);
	await home.release();
	expect(await homes()).toEqual([basename(path)]);
});

test('two concurrent calls of claimScratchHome return two directories', async () => {
	const [one, other] = await Promise.all([claimScratchHome(root), claimScratchHome(root)]);
	expect((await homes()).sort()).toEqual([basename(one.path), basename(other.path)].sort());
	await Promise.all([one.release(), other.release()]);
});

test('claimScratchHome removes scratch directories in the root itself, and nothing else', async () => {
	await mkdir(root);
	await createScratch(root);
	await writeFile(join(root, 'other'), '');
	const home = await claimScratchHome(root);
	expect(home.removedDirectories).toBe(1);
	expect((await homes()).sort()).toEqual(['other', basename(home.path)].sort());
	await home.release();
});
