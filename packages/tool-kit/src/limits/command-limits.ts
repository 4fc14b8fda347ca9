import { availableParallelism, totalmem } from 'node:os';
import type { ToolManifest } from '../tool/manifest.ts';
import { deadlineMs, type Workload } from './deadline.ts';

/** What the processes of one sandbox may use. */
export interface SandboxLimits {
	/** Address space of each process. */
	memoryBytes: number;
	/** Memory of all processes together. `memoryBytes` by default. */
	totalMemoryBytes?: number;
	maxFileBytes: number;
	/** All files of the scratch directory together; three times `maxFileBytes` by default. */
	maxScratchBytes?: number;
	maxProcesses: number;
	/** CPU time of all processes together. */
	cpuSeconds: number;
}

/** One job gets no more cores than this, even on larger machines. */
const MAX_CORES = 8;
const BYTES_PER_CORE = 1024 ** 3;
/** The rest is for the worker and other jobs. */
const MAX_SHARE_OF_MACHINE = 0.75;

/** Returns what each command of a run may use. */
export function commandLimits(manifest: ToolManifest, workload: Workload): SandboxLimits {
	return limitsFor(manifest, deadlineMs(manifest.limits, workload));
}

/** Returns what a prewarmed process may use, whose inputs are not known when it starts. */
export function prewarmedLimits(manifest: ToolManifest, jobs: number): SandboxLimits {
	return limitsFor(manifest, manifest.limits.deadline.capMs * jobs);
}

function limitsFor({ limits }: ToolManifest, wallMs: number): SandboxLimits {
	const { memoryBytes, maxFileBytes, maxProcesses } = limits;
	const cores = Math.min(MAX_CORES, availableParallelism());
	return {
		memoryBytes,
		totalMemoryBytes: Math.min(
			Math.max(memoryBytes, cores * BYTES_PER_CORE),
			totalmem() * MAX_SHARE_OF_MACHINE,
		),
		maxFileBytes,
		...(limits.maxScratchBytes && { maxScratchBytes: limits.maxScratchBytes }),
		maxProcesses,
		// A backstop for the deadline: all allowed time on every core that one job may use.
		cpuSeconds: Math.ceil((wallMs / 1000) * cores),
	};
}
