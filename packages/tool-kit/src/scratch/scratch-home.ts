import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { killAbandonedSandboxes } from '../sandbox/kill-abandoned.ts';
import { isJobDirectory, removeTree } from './scratch.ts';

/** The directory of one worker within a root that workers may share. */
export interface ScratchHome {
	/** Contains the worker's scratch directories. */
	path: string;
	/** How many scratch directories of killed workers were removed. */
	removedDirectories: number;
	/** Removes the directory when the worker stops. */
	release(): Promise<void>;
}

const PREFIX = 'worker-';
const LOCK = 'lock';
/** Exit code of flock. */
const ALREADY_LOCKED = 1;
const LOCK_FD = 3;
const WAIT_SECONDS = 60;

/**
 * Creates a directory for this process within `root`, and removes those of processes that have ended, with the sandboxes that still use
 * them: each process locks its own directory, and the kernel releases the lock with the process.
 */
export async function claimScratchHome(root: string): Promise<ScratchHome> {
	await mkdir(root, { recursive: true, mode: 0o700 });
	// Serialized: otherwise a directory that another worker has created and not locked yet would look abandoned.
	const rootLock = openSync(join(root, LOCK), 'a', 0o600);
	try {
		await lock(rootLock, '--timeout', String(WAIT_SECONDS));
		const removedDirectories = await removeAbandoned(root);
		const path = await mkdtemp(join(root, PREFIX));
		const own = openSync(join(path, LOCK), 'a', 0o600);
		await lock(own, '--nonblock');
		return {
			path,
			removedDirectories,
			async release() {
				await removeTree(path);
				closeSync(own);
			},
		};
	} finally {
		closeSync(rootLock);
	}
}

async function removeAbandoned(root: string): Promise<number> {
	let jobs = 0;
	for (const name of await readdir(root)) {
		const path = join(root, name);
		// Earlier releases created scratch directories in the root itself.
		if (isJobDirectory(name)) jobs += 1;
		else if (name.startsWith(PREFIX) && (await isAbandoned(path))) jobs += await countJobs(path);
		else continue;
		await killAbandonedSandboxes(path);
		await removeTree(path);
	}
	return jobs;
}

async function countJobs(path: string): Promise<number> {
	return (await readdir(path)).filter(isJobDirectory).length;
}

async function isAbandoned(path: string): Promise<boolean> {
	const descriptor = openSync(join(path, LOCK), 'a', 0o600);
	try {
		return await lock(descriptor, '--nonblock');
	} finally {
		closeSync(descriptor);
	}
}

/** Locks the file until the descriptor is closed; resolves with false when another process has locked it. */
async function lock(descriptor: number, ...how: string[]): Promise<boolean> {
	const child = spawn('flock', ['--exclusive', ...how, String(LOCK_FD)], {
		stdio: ['ignore', 'ignore', 'ignore', descriptor],
	});
	const [code] = await once(child, 'exit');
	if (code !== 0 && code !== ALREADY_LOCKED)
		throw new Error('scratch directories could not be locked by flock');
	return code === 0;
}
