import { availableParallelism } from 'node:os';
import { deadlineMs } from './deadline.ts';
import type { ToolManifest } from './manifest.ts';
import type { SandboxLimits } from './sandbox-arguments.ts';

/** What each command of a run may use. */
export function commandLimits(manifest: ToolManifest, inputSizeBytes: number): SandboxLimits {
	return limitsFor(manifest, deadlineMs(manifest.limits, inputSizeBytes));
}

/** What a process may use whose input is not known when it starts. */
export function standbyLimits(manifest: ToolManifest, jobs: number): SandboxLimits {
	return limitsFor(manifest, manifest.limits.deadline.capMs * jobs);
}

function limitsFor({ limits }: ToolManifest, wallMs: number): SandboxLimits {
	const { memoryBytes, maxFileBytes, maxProcesses } = limits;
	// A second line behind the deadline: the threads of one process may use every core all the time.
	const cpuSeconds = Math.ceil((wallMs / 1000) * availableParallelism());
	return { memoryBytes, maxFileBytes, maxProcesses, cpuSeconds };
}
