import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MARK = 'CREATORR_SUPERVISED';
const END_TIMEOUT_MS = 5_000;

/** The mark that every process we start carries in its environment, and its own children inherit. */
export function ownershipMark(homeRoot: string): Record<string, string> {
	return { [MARK]: homeRoot };
}

/** Whether an environment, as /proc shows it, carries the mark of this home and of no other. */
export function carriesMark(environ: string, homeRoot: string): boolean {
	return environ.split('\0').includes(`${MARK}=${homeRoot}`);
}

/**
 * The processes of this home that are alive. A pid alone proves nothing, since pids are given out again after a
 * death; the environment a process was started with does.
 */
export function findOwnedProcesses(homeRoot: string): number[] {
	return readdirSync('/proc')
		.filter((entry) => /^\d+$/.test(entry))
		.map(Number)
		.filter((pid) => pid !== process.pid && isOwned(pid, homeRoot));
}

function isOwned(pid: number, homeRoot: string): boolean {
	try {
		if (!carriesMark(readFileSync(`/proc/${pid}/environ`, 'utf8'), homeRoot)) return false;
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		// ended meanwhile, or somebody else's
		return false;
	}
}

/**
 * Kills every process of this home, as only a supervisor that died uncleanly leaves them, and waits until they are gone.
 * @returns how many there were
 * @throws when one survives SIGKILL for 5 s
 */
export async function endOwnedProcesses(homeRoot: string): Promise<number> {
	const found = findOwnedProcesses(homeRoot);
	const deadline = Date.now() + END_TIMEOUT_MS;
	for (let alive = found; alive.length > 0; alive = findOwnedProcesses(homeRoot)) {
		if (Date.now() > deadline) throw new Error(`can’t stop process ${alive.join(', ')}`);
		for (const pid of alive) killQuietly(pid);
		await sleep(25);
	}
	return found.length;
}

function killQuietly(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// it ended by itself
	}
}
