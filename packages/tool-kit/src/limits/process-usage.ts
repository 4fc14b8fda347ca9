import { readdir, readFile } from 'node:fs/promises';

/** What a process and all of its descendants use together. */
export interface ProcessUsage {
	pids: number[];
	memoryBytes: number;
	/** Includes processes that have ended. */
	cpuSeconds: number;
}

/** The unit of times in /proc, on every architecture. */
const TICKS_PER_SECOND = 100;
/** User and system time of the process, then of its children that have ended and were waited for. */
const FIRST_TIME_FIELD = 11;
const TIME_FIELDS = 4;

/**
 * Measures a tree of processes. Shared memory counts once where it matters: where the resident memory of all processes exceeds
 * `enoughBytes`.
 */
export async function measureProcesses(pid: number, enoughBytes: number): Promise<ProcessUsage> {
	const pids = await processTree(pid);
	const resident = await sum(pids, (one) =>
		kilobytesIn(`/proc/${one}/status`, /^Vm(?:RSS|Swap):\s+(\d+) kB/gm),
	);
	const memoryBytes = resident * 1024 > enoughBytes ? await sum(pids, proportionalKilobytes) : resident;
	return { pids, memoryBytes: memoryBytes * 1024, cpuSeconds: await sum(pids, cpuSecondsOf) };
}

/** Returns the process and all of its descendants. */
async function processTree(pid: number): Promise<number[]> {
	const threads = await threadsOf(pid);
	const children = await Promise.all(
		threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
	);
	const pids = children.join(' ').split(' ').filter(Boolean).map(Number);
	return [pid, ...(await Promise.all(pids.map(processTree))).flat()];
}

export async function threadsOf(pid: number): Promise<number[]> {
	return (await readdir(`/proc/${pid}/task`).catch(() => [])).map(Number);
}

async function sum(pids: readonly number[], measure: (pid: number) => Promise<number>): Promise<number> {
	return (await Promise.all(pids.map(measure))).reduce((total, one) => total + one, 0);
}

/** Counts each page by the share that the process has in it, which is slow for the kernel to compute. */
async function proportionalKilobytes(pid: number): Promise<number> {
	return kilobytesIn(`/proc/${pid}/smaps_rollup`, /^(?:Pss|SwapPss):\s+(\d+) kB/gm);
}

async function kilobytesIn(path: string, pattern: RegExp): Promise<number> {
	// A process that has ended uses no memory.
	const text = await readFile(path, 'utf8').catch(() => '');
	return [...text.matchAll(pattern)].reduce((total, [, kilobytes]) => total + Number(kilobytes), 0);
}

async function cpuSecondsOf(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// The second field is the name in parentheses, which may contain spaces and parentheses.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const times = fields.slice(FIRST_TIME_FIELD, FIRST_TIME_FIELD + TIME_FIELDS).map(Number);
	return times.reduce((total, ticks) => total + ticks, 0) / TICKS_PER_SECOND;
}
