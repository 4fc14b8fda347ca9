import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

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
 * Measures a tree of processes. Up to `limitBytes`, memory is the sum of what each process has
 * resident, so shared memory counts several times; above it, shared memory counts once. Reads most of /proc synchronously: the kernel responds at once, and a promise for each read would take ten times the
 * CPU time.
 */
export async function measureProcesses(pid: number, limitBytes: number): Promise<ProcessUsage> {
	const pids = processTree(pid);
	const resident = sum(pids, (one) =>
		sumOfMatches(readProc(`/proc/${one}/status`), /^Vm(?:RSS|Swap):\s+(\d+) kB/gm),
	);
	const memoryBytes = resident * 1024 > limitBytes ? await proportionalKilobytes(pids) : resident;
	return { pids, memoryBytes: memoryBytes * 1024, cpuSeconds: sum(pids, cpuSecondsOf) };
}

/** Returns the process and all of its descendants. */
function processTree(pid: number): number[] {
	const children = threadsOf(pid).flatMap((thread) =>
		readProc(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
	);
	return [pid, ...children.flatMap(processTree)];
}

/** Returns the ids of a process's threads, none for a process that has ended. */
export function threadsOf(pid: number): number[] {
	try {
		return readdirSync(`/proc/${pid}/task`).map(Number);
	} catch {
		return [];
	}
}

/** Reads a file of /proc. A process or thread that has ended uses nothing: its files read as empty. */
export function readProc(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}

function sum(pids: readonly number[], measure: (pid: number) => number): number {
	return pids.reduce((total, pid) => total + measure(pid), 0);
}

/**
 * Counts each page by the share that the process has in it. The kernel walks all page tables for that, so the reads run outside the
 * event loop, one at a time.
 */
async function proportionalKilobytes(pids: readonly number[]): Promise<number> {
	let total = 0;
	for (const pid of pids) {
		const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
		total += sumOfMatches(text, /^(?:Pss|SwapPss):\s+(\d+) kB/gm);
	}
	return total;
}

function sumOfMatches(text: string, pattern: RegExp): number {
	return [...text.matchAll(pattern)].reduce((total, [, kilobytes]) => total + Number(kilobytes), 0);
}

function cpuSecondsOf(pid: number): number {
	const stat = readProc(`/proc/${pid}/stat`);
	// The second field is the name in parentheses, which may contain spaces and parentheses.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const times = fields.slice(FIRST_TIME_FIELD, FIRST_TIME_FIELD + TIME_FIELDS).map(Number);
	return times.reduce((total, ticks) => total + ticks, 0) / TICKS_PER_SECOND;
}
