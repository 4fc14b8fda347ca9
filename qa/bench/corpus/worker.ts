import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const HOME = process.env.CREATORR_HOME ?? resolve(import.meta.dirname, '../../../.local');
const PID_FILES = 'run/tool-worker*.pid';
const MIB_KIB = 1024;

/** What the tool-workers of this machine hold at a moment, summed over all of them. */
export interface WorkerState {
	memoryMiB: number;
	processes: number;
	/** Scratch directories, those of jobs and of what stands by. */
	scratch: number;
}

/** Undefined where no worker of ours runs: then it is on another machine. */
export function lookAtWorkers(): WorkerState | undefined {
	const files = globSync(PID_FILES, { cwd: HOME });
	const states = files.flatMap((file) => {
		const pid = Number(read(join(HOME, file)));
		const memoryKiB = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
		if (memoryKiB === undefined) return [];
		const scratch = join(HOME, 'data', 'scratch', basename(file, '.pid'));
		return [
			{
				memoryMiB: Number(memoryKiB) / MIB_KIB,
				processes: countChildren(pid),
				scratch: countEntries(scratch),
			},
		];
	});
	return states.length === 0 ? undefined : states.reduce(add);
}

function add(a: WorkerState, b: WorkerState): WorkerState {
	return {
		memoryMiB: a.memoryMiB + b.memoryMiB,
		processes: a.processes + b.processes,
		scratch: a.scratch + b.scratch,
	};
}

/** Its children and theirs, zombies too. */
function countChildren(pid: number): number {
	const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
	return children.reduce((total, child) => total + 1 + countChildren(child), 0);
}

function countEntries(folder: string): number {
	try {
		return readdirSync(folder).length;
	} catch {
		return 0;
	}
}

function read(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		// it ended meanwhile
		return '';
	}
}
