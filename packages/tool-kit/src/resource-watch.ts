import { setTimeout as sleep } from 'node:timers/promises';
import { createCrowdMeter } from './crowd.ts';
import type { SandboxLimits } from './sandbox-arguments.ts';
import type { Scratch } from './scratch.ts';
import { scratchUsage } from './scratch-usage.ts';
import { ToolError } from './tool-error.ts';
import { type TreeUsage, treeUsage } from './tree-usage.ts';
import { createWaitMeter } from './wait-meter.ts';

const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2000;
/** Watching takes no more than so much of the time. */
const MOST_SHARE = 1 / 20;
/** A single file is the smallest part of what a tool needs, and copies are made. */
const FILES_AT_ONCE = 3;

interface Watched {
	/** The first of the processes. */
	pid: number;
	scratch: Scratch;
	limits: SandboxLimits;
	/** Hears now and then how much longer the processes took because others had the processors. */
	onWaited?: ((ms: number) => void) | undefined;
	/** Hears by how many steps the processes have to be lower, to weigh no more than one for each core. */
	onCrowd(steps: number): void;
}

/**
 * Measures again and again what the processes of a sandbox take together, which the kernel's limits of single processes leave
 * open, and calls back once with a `limit_exceeded` that names what they took too much of.
 */
export function watchResources(watched: Watched, onBreach: (error: ToolError) => void): { stop(): void } {
	const stopping = new AbortController();
	const { signal } = stopping;
	const measureDemand = createWaitMeter();
	const measureCrowd = createCrowdMeter();
	const run = async () => {
		while (!signal.aborted) {
			const startedAtMs = performance.now();
			const usage = await treeUsage(watched.pid, mostMemoryBytes(watched.limits));
			const { lostMs, wanting } = await measureDemand(usage.pids);
			const breach = await findBreach(watched, usage);
			if (signal.aborted) return;
			if (breach) return onBreach(breach);
			watched.onWaited?.(lostMs);
			watched.onCrowd(measureCrowd(wanting));
			const tookMs = performance.now() - startedAtMs;
			const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, tookMs / MOST_SHARE));
			await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
		}
	};
	void run();
	return { stop: () => stopping.abort() };
}

function mostMemoryBytes({ totalMemoryBytes, memoryBytes }: SandboxLimits): number {
	return totalMemoryBytes ?? memoryBytes;
}

async function findBreach(
	{ scratch, limits }: Watched,
	{ pids, memoryBytes, cpuSeconds }: TreeUsage,
): Promise<ToolError | undefined> {
	const mostScratchBytes = limits.maxScratchBytes ?? limits.maxFileBytes * FILES_AT_ONCE;
	if (memoryBytes > mostMemoryBytes(limits)) return breach('memory');
	if (cpuSeconds > limits.cpuSeconds) return breach('computing time');
	const scratchBytes = await scratchUsage(scratch, pids, mostScratchBytes);
	return scratchBytes > mostScratchBytes ? breach('disk') : undefined;
}

function breach(what: string): ToolError {
	return new ToolError(
		'limit_exceeded',
		`The file takes more ${what} than a job may use. Try a part of it, or save it anew first.`,
	);
}
