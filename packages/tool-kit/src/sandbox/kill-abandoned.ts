import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killProcess } from './kill.ts';

const POLL_MS = 20;
const MAX_WAIT_MS = 10_000;

/**
 * Kills the sandboxes of an ended worker: all processes that have something of its directory mounted. Normally they end with the worker,
 * but `--die-with-parent` misses a worker that is killed while bwrap sets up the sandbox. Resolves when none runs, or after 10 s for
 * processes that are stuck in the kernel. The name of the directory must be unique on this machine.
 */
export async function killAbandonedSandboxes(directory: string): Promise<void> {
	// A mount shows the path within its file system, which may be mounted at another place.
	const name = `/${basename(directory)}/`;
	for (const deadlineMs = performance.now() + MAX_WAIT_MS; performance.now() < deadlineMs; ) {
		const pids = await processesThatMount(name);
		if (pids.length === 0) return;
		for (const pid of pids) killProcess(pid);
		await sleep(POLL_MS);
	}
}

async function processesThatMount(name: string): Promise<number[]> {
	const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
	// A process may have ended, or belong to another user.
	const mounts = await Promise.all(
		pids.map((pid) => readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')),
	);
	return pids.filter((_, index) => mounts[index]?.includes(name));
}
