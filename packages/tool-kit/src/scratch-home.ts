import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isJobDirectory, removeTree } from './scratch.ts';

/** One worker's own part of a directory that workers may share. */
export interface ScratchHome {
	/** Scratch directories go here. */
	path: string;
	/** How many jobs' directories were found, and removed, of workers that ended without doing so. */
	removedJobs: number;
	/** Removes it, at the worker's end. */
	leave(): Promise<void>;
}

const PREFIX = 'worker-';
const LOCK = 'lock';
const HELD = 1;
const LOCK_FD = 3;
const WAIT_SECONDS = 60;

/**
 * Makes a directory for this process within `root`, and removes those of processes that have ended, however they did: each holds
 * a lock on its own, which the kernel takes back with the process.
 */
export async function claimScratchHome(root: string): Promise<ScratchHome> {
	await mkdir(root, { recursive: true, mode: 0o700 });
	// One at a time, or a home would be taken for left between its making and its locking.
	const door = openSync(join(root, LOCK), 'a', 0o600);
	try {
		await lock(door, '--timeout', String(WAIT_SECONDS));
		const removedJobs = await removeLeft(root);
		const path = await mkdtemp(join(root, PREFIX));
		const own = openSync(join(path, LOCK), 'a', 0o600);
		await lock(own, '--nonblock');
		return {
			path,
			removedJobs,
			async leave() {
				await removeTree(path);
				closeSync(own);
			},
		};
	} finally {
		closeSync(door);
	}
}

async function removeLeft(root: string): Promise<number> {
	let jobs = 0;
	for (const name of await readdir(root)) {
		const path = join(root, name);
		// Those that lie in the root itself are of a worker of earlier days.
		if (isJobDirectory(name)) jobs += 1;
		else if (name.startsWith(PREFIX) && (await isLeft(path))) jobs += await countJobs(path);
		else continue;
		await removeTree(path);
	}
	return jobs;
}

async function countJobs(path: string): Promise<number> {
	return (await readdir(path)).filter(isJobDirectory).length;
}

async function isLeft(path: string): Promise<boolean> {
	const descriptor = openSync(join(path, LOCK), 'a', 0o600);
	try {
		return await lock(descriptor, '--nonblock');
	} finally {
		closeSync(descriptor);
	}
}

/** Locks what the descriptor stands for as long as it is open; resolves with false when another process holds it. */
async function lock(descriptor: number, ...how: string[]): Promise<boolean> {
	const child = spawn('flock', ['--exclusive', ...how, String(LOCK_FD)], {
		stdio: ['ignore', 'ignore', 'ignore', descriptor],
	});
	const [code] = await once(child, 'exit');
	if (code !== 0 && code !== HELD) throw new Error('scratch directories could not be locked by flock');
	return code === 0;
}
