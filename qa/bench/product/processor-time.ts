import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Of Linux, on every machine that it is compiled for as usual. */
const TICKS_PER_SECOND = 100;

/** It has started all others. */
const SUPERVISOR = 'supervisor';

/** Processor time in seconds that each process of the product has taken, with all that it has started, by name. */
export function readProcessorTimes(
	home: string,
	more: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
	const files = globSync('run/*.pid', { cwd: home }).sort();
	const pids = files.map((file) => [basename(file, '.pid'), Number(read(join(home, file)))] as const);
	const counted = [...pids, ...more].filter(([name]) => name !== SUPERVISOR);
	return new Map(counted.map(([name, pid]) => [name, ticksOf(pid) / TICKS_PER_SECOND]));
}

/** The same of one process. */
export function processorSeconds(pid: number): number {
	return ticksOf(pid) / TICKS_PER_SECOND;
}

/** Its own, of the children that have ended, and of those that live. */
function ticksOf(pid: number): number {
	const own = ticksIn(read(`/proc/${pid}/stat`));
	const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
	return children.reduce((total, child) => total + ticksOf(child), own);
}

/** utime, stime, cutime and cstime; the name before them may have anything in it, but ends with the last parenthesis. */
export function ticksIn(stat: string): number {
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
}

function read(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		// it ended meanwhile
		return '';
	}
}
