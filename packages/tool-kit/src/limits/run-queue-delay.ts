import { availableParallelism } from 'node:os';
import { readProc, threadsOf } from './process-usage.ts';

const NANOSECONDS_PER_MS = 1_000_000;

/** The scheduler's times of a thread, since it was started. */
interface SchedulerTimes {
	ranMs: number;
	/** Runnable, but waiting in the run queue while other threads ran. */
	waitedMs: number;
}

/** How some processes got CPU time since the last measurement. */
interface CpuWait {
	/** Time they spent waiting for a CPU that other processes used. */
	cpuWaitMs: number;
	/** How many of their threads were runnable at once, on average. */
	runnableThreads: number;
}

/**
 * Measures how long the processes of one command wait in the kernel's run queue, from its statistics of each live thread. Waits of its
 * threads for each other don't count, only the delay that other processes cause: alone on the machine, the result would be 0. It is also 0
 * where the kernel keeps no such statistics.
 */
export function createCpuWaitMeter(cores = availableParallelism()): (pids: readonly number[]) => CpuWait {
	let before = new Map<number, SchedulerTimes>();
	let beforeMs = performance.now();
	return (pids) => {
		const after = schedulerTimes(pids);
		const nowMs = performance.now();
		const elapsedMs = nowMs - beforeMs;
		const spent = timesSince(before, after);
		before = after;
		beforeMs = nowMs;
		return {
			cpuWaitMs: cpuWaitMs(sumOf(spent), { elapsedMs, cores }),
			runnableThreads: runnableThreads(spent, elapsedMs),
		};
	};
}

/** Returns how much of the elapsed time the threads spent waiting for CPUs that other processes used; at most `waitedMs`. */
export function cpuWaitMs(
	{ ranMs, waitedMs }: SchedulerTimes,
	{ elapsedMs, cores }: { elapsedMs: number; cores: number },
): number {
	const wantedMs = Math.min(ranMs + waitedMs, elapsedMs * cores);
	if (wantedMs <= 0) return 0;
	const share = Math.min(1, ranMs / wantedMs);
	return Math.min(elapsedMs * (1 - share), waitedMs);
}

/**
 * Returns how many threads were runnable at once, on average. No thread counts as more than one: the kernel adds a wait to its
 * statistics when the wait ends, possibly several measurements after its begin.
 */
export function runnableThreads(spent: readonly SchedulerTimes[], elapsedMs: number): number {
	return spent.reduce((sum, { ranMs, waitedMs }) => sum + Math.min(1, (ranMs + waitedMs) / elapsedMs), 0);
}

function sumOf(spent: readonly SchedulerTimes[]): SchedulerTimes {
	const sum = { ranMs: 0, waitedMs: 0 };
	for (const { ranMs, waitedMs } of spent) {
		sum.ranMs += ranMs;
		sum.waitedMs += waitedMs;
	}
	return sum;
}

/** Returns the times of each thread since an earlier measurement. */
function timesSince(
	before: ReadonlyMap<number, SchedulerTimes>,
	after: ReadonlyMap<number, SchedulerTimes>,
): SchedulerTimes[] {
	return Array.from(after, ([thread, { ranMs, waitedMs }]) => {
		const old = before.get(thread);
		// The kernel reuses ids: a thread with shorter times than before is a new one.
		const isSame = old !== undefined && old.ranMs <= ranMs && old.waitedMs <= waitedMs;
		return isSame ? { ranMs: ranMs - old.ranMs, waitedMs: waitedMs - old.waitedMs } : { ranMs, waitedMs };
	});
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
