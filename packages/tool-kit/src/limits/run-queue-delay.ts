import { availableParallelism } from 'node:os';
import { readProc, threadsOf } from './process-usage.ts';

const NANOSECONDS_PER_MS = 1_000_000;

/** The scheduler's times of a thread, since it was started. */
interface SchedulerTimes {
	ranMs: number;
	/** Runnable, but waiting in the run queue while other threads ran. */
	waitedMs: number;
}

/** The demand of some processes since the last measurement. */
interface Demand {
	/** Time they lost because other processes had the processors. */
	lostToOthersMs: number;
	/** How many of their threads were runnable at once, on average. */
	runnableThreads: number;
}

/**
 * Measures how long processes wait in the kernel's run queue, from its statistics of each living thread. Threads of one command
 * that wait for each other lose nothing: only CPU time that they would have had alone on the machine counts as lost. Returns 0
 * where the kernel keeps no such statistics.
 */
export function createRunQueueDelayMeter(
	cores = availableParallelism(),
): (pids: readonly number[]) => Demand {
	let before = new Map<number, SchedulerTimes>();
	let beforeMs = performance.now();
	return (pids) => {
		const after = schedulerTimes(pids);
		const nowMs = performance.now();
		const elapsedMs = nowMs - beforeMs;
		const sum = sumSince(before, after);
		before = after;
		beforeMs = nowMs;
		const runnableThreads = (sum.ranMs + sum.waitedMs) / elapsedMs;
		return { lostToOthersMs: lostToOthersMs(sum, { elapsedMs, cores }), runnableThreads };
	};
}

/** Returns how much of the elapsed time was lost to other processes; never more than the time waited. */
export function lostToOthersMs(
	{ ranMs, waitedMs }: SchedulerTimes,
	{ elapsedMs, cores }: { elapsedMs: number; cores: number },
): number {
	const wantedMs = Math.min(ranMs + waitedMs, elapsedMs * cores);
	if (wantedMs <= 0) return 0;
	const share = Math.min(1, ranMs / wantedMs);
	return Math.min(elapsedMs * (1 - share), waitedMs);
}

function sumSince(
	before: ReadonlyMap<number, SchedulerTimes>,
	after: ReadonlyMap<number, SchedulerTimes>,
): SchedulerTimes {
	const sum = { ranMs: 0, waitedMs: 0 };
	for (const [thread, { ranMs, waitedMs }] of after) {
		const old = before.get(thread);
		// The kernel reuses ids: a thread with shorter times than before is a new one.
		const isSame = old !== undefined && old.ranMs <= ranMs && old.waitedMs <= waitedMs;
		sum.ranMs += ranMs - (isSame ? old.ranMs : 0);
		sum.waitedMs += waitedMs - (isSame ? old.waitedMs : 0);
	}
	return sum;
}

function schedulerTimes(pids: readonly number[]): Map<number, SchedulerTimes> {
	const found = new Map<number, SchedulerTimes>();
	for (const pid of pids) {
		for (const thread of threadsOf(pid)) {
			// A thread that has ended waits for nothing.
			const [ran = 0, waited = 0] = readProc(`/proc/${pid}/task/${thread}/schedstat`).split(' ').map(Number);
			found.set(thread, { ranMs: ran / NANOSECONDS_PER_MS, waitedMs: waited / NANOSECONDS_PER_MS });
		}
	}
	return found;
}
