import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 5;
const MAX_WAIT_MS = 10_000;

/** SIGKILL; true unless the process is gone already. */
export function killProcess(pid: number): boolean {
	try {
		return process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
		throw error;
	}
}

/**
 * Ends a PID namespace, given its init process, and resolves when no process of it runs: the kernel lets an init process
 * become a zombie only after all others are dead. Throws when that takes more than 10 s (stuck in the kernel).
 */
export async function endNamespace(initPid: number): Promise<void> {
	const birth = await birthOf(initPid);
	if (birth === undefined) return;
	killProcess(initPid);
	for (let waitedMs = 0; waitedMs < MAX_WAIT_MS; waitedMs += POLL_MS) {
		if ((await birthOf(initPid)) !== birth) return;
		await sleep(POLL_MS);
	}
	throw new Error(`processes of a sandbox outlived SIGKILL by ${MAX_WAIT_MS} ms`);
}

/** When a running process was started, which tells it from a later one with the same id; undefined for a dead one. */
async function birthOf(pid: number): Promise<string | undefined> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	// The second field is the name in parentheses, which may hold anything.
	const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
	if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
	return fields[19];
}

/** The process and all that it started, at any remove. */
export async function processesBelow(pid: number): Promise<number[]> {
	const threads = await threadsOf(pid);
	const children = await Promise.all(
		threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
	);
	const pids = children.join(' ').split(' ').filter(Boolean).map(Number);
	return [pid, ...(await Promise.all(pids.map(processesBelow))).flat()];
}

export async function threadsOf(pid: number): Promise<number[]> {
	return (await readdir(`/proc/${pid}/task`).catch(() => [])).map(Number);
}
