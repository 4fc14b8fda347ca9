import { setTimeout as sleep } from 'node:timers/promises';
import { createDiskPressure, type DiskPressure } from '../scratch/disk-pressure.ts';
import type { Scratch } from '../scratch/scratch.ts';
import { scratchUsage } from '../scratch/scratch-usage.ts';
import { ToolError } from '../tool/tool-error.ts';
import type { SandboxLimits } from './command-limits.ts';
import { createContentionMeter } from './cpu-contention.ts';
import { measureProcesses, type ProcessUsage } from './process-usage.ts';
import { createCpuWaitMeter } from './run-queue-delay.ts';

const MIN_PAUSE_MS = 200;
const MAX_PAUSE_MS = 2000;
/** Between measurements of processes that wait for a request. */
const IDLE_PAUSE_MS = 5000;
/** Measuring takes at most this share of the time. */
const MAX_SHARE = 1 / 20;
/** A tool needs space for copies of its largest file. */
const DEFAULT_SCRATCH_FILES = 3;

/** Of all sandboxes of this process. */
const sharedDiskPressure = createDiskPressure();

interface Watched {
	/** The first process of the sandbox. */
	pid: number;
	scratch: Scratch;
	limits: SandboxLimits;
	/** For tests. */
	diskPressure?: DiskPressure;
	/** Receives the time, in milliseconds since the call before, that the processes spent waiting for a CPU. */
	onCpuWait?: ((ms: number) => void) | undefined;
	/** Receives the processes, and by how many nice steps they must be reniced to weigh no more than one thread for each core. */
	onMeasured(pids: readonly number[], steps: number): void;
}

export interface ResourceWatch {
	/** Measures rarely while the processes only wait for a request; measures at once when they no longer do. */
	setIdle(isIdle: boolean): void;
	stop(): void;
}

/**
 * Measures periodically what all processes of a sandbox use together, which the kernel's limits of single processes don't bound.
 * Calls `onBreach` once, with a `limit_exceeded` that names the exceeded limit.
 */
export function watchResources(watched: Watched, onBreach: (error: ToolError) => void): ResourceWatch {
	const stopping = new AbortController();
	const { signal } = stopping;
	const { diskPressure = sharedDiskPressure } = watched;
	let isIdle = false;
	let pause = new AbortController();
	const measureCpuWait = createCpuWaitMeter();
	const measureContention = createContentionMeter();
	const run = async () => {
		while (!signal.aborted) {
			const startedAtMs = performance.now();
			const usage = await measureProcesses(watched.pid, maxMemoryBytes(watched.limits));
			const { cpuWaitMs, runnableThreads } = measureCpuWait(usage.pids);
			const breach = await findBreach(watched, diskPressure, usage);
			if (signal.aborted) return;
			if (breach) return onBreach(breach);
			watched.onCpuWait?.(cpuWaitMs);
			watched.onMeasured(usage.pids, measureContention(runnableThreads));
			const tookMs = performance.now() - startedAtMs;
			const workingPauseMs = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, tookMs / MAX_SHARE));
			pause = new AbortController();
			await sleep(isIdle ? IDLE_PAUSE_MS : workingPauseMs, undefined, { signal: pause.signal }).catch(
				() => undefined,
			);
		}
	};
	void run().finally(() => diskPressure.remove(watched));
	return {
		setIdle(value) {
			isIdle = value;
			if (!isIdle) pause.abort();
		},
		stop() {
			stopping.abort();
			pause.abort();
		},
	};
}

function maxMemoryBytes({ totalMemoryBytes, memoryBytes }: SandboxLimits): number {
	return totalMemoryBytes ?? memoryBytes;
}

async function findBreach(
	watched: Watched,
	diskPressure: DiskPressure,
	{ pids, memoryBytes, cpuSeconds }: ProcessUsage,
): Promise<ToolError | undefined> {
	const { scratch, limits } = watched;
	const maxScratchBytes = limits.maxScratchBytes ?? limits.maxFileBytes * DEFAULT_SCRATCH_FILES;
	if (memoryBytes > maxMemoryBytes(limits)) return breach('memory');
	if (cpuSeconds > limits.cpuSeconds) return breach('computing time');
	const scratchBytes = await scratchUsage(scratch, pids, maxScratchBytes);
	if (scratchBytes > maxScratchBytes) return breach('disk space');
	return (await diskPressure.mustEvict(watched, scratch.path, scratchBytes)) ? diskFull() : undefined;
}

function diskFull(): ToolError {
	return new ToolError(
		'limit_exceeded',
		'Our servers don’t have enough free space for this file right now. Add the file again later, or split it into smaller files.',
	);
}

function breach(what: string): ToolError {
	return new ToolError(
		'limit_exceeded',
		`This file takes too much ${what} to process. Split it into smaller files.`,
	);
}
