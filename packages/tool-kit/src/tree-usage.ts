import { readFile } from 'node:fs/promises';
import { processesBelow } from './process-tree.ts';

/** What a process and all below it take together. */
export interface TreeUsage {
	pids: number[];
	memoryBytes: number;
	/** Also of those that have ended. */
	cpuSeconds: number;
}

/** Of the times in /proc, on every architecture. */
const TICKS_PER_SECOND = 100;
/** User and system time of the process, then of its children that have ended and were waited for. */
const FIRST_TIME_FIELD = 11;
const TIME_FIELDS = 4;

/** Measures a tree of processes. Memory that they share is counted once, where it matters: where all is more than `enoughBytes`. */
export async function treeUsage(pid: number, enoughBytes: number): Promise<TreeUsage> {
	const pids = await processesBelow(pid);
	const resident = await sum(pids, (one) =>
		kilobytesIn(`/proc/${one}/status`, /^Vm(?:RSS|Swap):\s+(\d+) kB/gm),
	);
	const memoryBytes = resident * 1024 > enoughBytes ? await sum(pids, proportionalKilobytes) : resident;
	return { pids, memoryBytes: memoryBytes * 1024, cpuSeconds: await sum(pids, cpuSecondsOf) };
}

async function sum(pids: readonly number[], measure: (pid: number) => Promise<number>): Promise<number> {
	return (await Promise.all(pids.map(measure))).reduce((total, one) => total + one, 0);
}

/** Each page counts by the share that the process has in it, which takes the kernel long to tell. */
async function proportionalKilobytes(pid: number): Promise<number> {
	return kilobytesIn(`/proc/${pid}/smaps_rollup`, /^(?:Pss|SwapPss):\s+(\d+) kB/gm);
}

async function kilobytesIn(path: string, pattern: RegExp): Promise<number> {
	// One that has ended takes nothing.
	const text = await readFile(path, 'utf8').catch(() => '');
	return [...text.matchAll(pattern)].reduce((total, [, kilobytes]) => total + Number(kilobytes), 0);
}

async function cpuSecondsOf(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
	// The second field is the name in parentheses, which may hold anything.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const times = fields.slice(FIRST_TIME_FIELD, FIRST_TIME_FIELD + TIME_FIELDS).map(Number);
	return times.reduce((total, ticks) => total + ticks, 0) / TICKS_PER_SECOND;
}
