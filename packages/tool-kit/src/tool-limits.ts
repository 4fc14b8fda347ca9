import { availableParallelism, totalmem } from 'node:os';
import { deadlineMs, type Workload } from './deadline.ts';
import type { ToolManifest } from './manifest.ts';
import type { SandboxLimits } from './sandbox-arguments.ts';

/** However many the machine has, one job gets no more out of it. */
const MOST_CORES = 8;
const BYTES_PER_CORE = 1024 ** 3;
/** The rest is for the worker and for other jobs. */
const MOST_OF_MACHINE = 0.75;

/** What each command of a run may use. */
export function commandLimits(manifest: ToolManifest, workload: Workload): SandboxLimits {
	return limitsFor(manifest, deadlineMs(manifest.limits, workload));
}

/** What a process may use whose input is not known when it starts. */
export function standbyLimits(manifest: ToolManifest, jobs: number): SandboxLimits {
	return limitsFor(manifest, manifest.limits.deadline.capMs * jobs);
}

function limitsFor({ limits }: ToolManifest, wallMs: number): SandboxLimits {
	const { memoryBytes, maxFileBytes, maxProcesses } = limits;
	const cores = Math.min(MOST_CORES, availableParallelism());
	return {
		memoryBytes,
		totalMemoryBytes: Math.min(Math.max(memoryBytes, cores * BYTES_PER_CORE), totalmem() * MOST_OF_MACHINE),
		maxFileBytes,
		...(limits.maxScratchBytes && { maxScratchBytes: limits.maxScratchBytes }),
		maxProcesses,
		// A second line behind the deadline: all of the time, every core that one job may keep busy.
		cpuSeconds: Math.ceil((wallMs / 1000) * cores),
	};
}
