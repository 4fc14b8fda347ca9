import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { descendantsOf, home } from '../../driver/processes.ts';
import { sum } from '../measure/statistics.ts';

/** Linux reports CPU time in these ticks on all usual machines. */
const TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;

/** Returns the process ids of the product's running processes, by name. */
export function readPids(): Map<string, number> {
	const files = globSync('run/*.pid', { cwd: home() }).sort();
	return new Map(files.map((file) => [basename(file, '.pid'), Number(read(join(home(), file)))]));
}

/** Returns the resident memory of each process in MiB, without child processes. */
export function readMemory(): Map<string, number> {
	const memory = new Map<string, number>();
	for (const [name, pid] of readPids()) {
		const kib = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
		if (kib !== undefined) memory.set(name, Number(kib) / KIB_PER_MIB);
	}
	return memory;
}

/** Raises each value in `highest` to the memory of that process in MiB, every `everyMs` until `work` settles. Rejects as `work` does. */
export async function recordMemory(
	highest: Map<string, number>,
	everyMs: number,
	work: Promise<unknown>,
): Promise<void> {
	const record = () => {
		for (const [name, mib] of readMemory()) highest.set(name, Math.max(highest.get(name) ?? 0, mib));
	};
	const timer = setInterval(record, everyMs);
	record();
	await work.finally(() => clearInterval(timer));
}

/** Returns the CPU time of processes and their descendants, in seconds. */
export async function cpuSeconds(...pids: number[]): Promise<number> {
	const all = [...pids, ...(await Promise.all(pids.map(descendantsOf))).flat()];
	return sum(all.map((pid) => cpuTicks(read(`/proc/${pid}/stat`)))) / TICKS_PER_SECOND;
}

/** Returns utime + stime + cutime + cstime. The name before them may contain anything, but ends with the last parenthesis. */
function cpuTicks(stat: string): number {
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return sum(fields.slice(11, 15).map(Number));
}

function read(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		// The process has ended.
		return '';
	}
}
