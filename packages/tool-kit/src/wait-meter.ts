import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { threadsOf } from './process-tree.ts';

const NANOSECONDS_PER_MS = 1_000_000;

/** Of a thread, since it was started. */
interface Scheduled {
	ranMs: number;
	/** It could have run, and others did. */
	waitedMs: number;
}

/** Of some processes, for the time since it was measured before. */
interface Demand {
	/** How much longer they took because others had the processors. */
	lostMs: number;
	/** How many of their threads wanted to run at once, on average. */
	wanting: number;
}

export type WaitMeter = (pids: readonly number[]) => Promise<Demand>;

/**
 * Measures by what the kernel says of each thread that lives. That threads wait for each other is their own affair: only what
 * they would have got of the processors, had they been alone, counts as lost. 0 where the kernel says nothing.
 */
export function createWaitMeter(cores = availableParallelism()): WaitMeter {
	let before = new Map<number, Scheduled>();
	let beforeMs = performance.now();
	return async (pids) => {
		const after = await scheduledOf(pids);
		const nowMs = performance.now();
		const elapsedMs = nowMs - beforeMs;
		const sum = sumSince(before, after);
		before = after;
		beforeMs = nowMs;
		const wanting = (sum.ranMs + sum.waitedMs) / elapsedMs;
		return { lostMs: lostMs(sum, { elapsedMs, cores }), wanting };
	};
}

/** Of the time that went by, what was lost to others: never more than was waited. */
export function lostMs(
	{ ranMs, waitedMs }: Scheduled,
	{ elapsedMs, cores }: { elapsedMs: number; cores: number },
): number {
	const wantedMs = Math.min(ranMs + waitedMs, elapsedMs * cores);
	if (wantedMs <= 0) return 0;
	const share = Math.min(1, ranMs / wantedMs);
	return Math.min(elapsedMs * (1 - share), waitedMs);
}

/** A thread that was not there before was started since. */
function sumSince(before: ReadonlyMap<number, Scheduled>, after: ReadonlyMap<number, Scheduled>): Scheduled {
	const sum = { ranMs: 0, waitedMs: 0 };
	for (const [thread, { ranMs, waitedMs }] of after) {
		const old = before.get(thread);
		// Ids are given out again: what has run less than before is another one.
		const isSame = old !== undefined && old.ranMs <= ranMs && old.waitedMs <= waitedMs;
		sum.ranMs += ranMs - (isSame ? old.ranMs : 0);
		sum.waitedMs += waitedMs - (isSame ? old.waitedMs : 0);
	}
	return sum;
}

async function scheduledOf(pids: readonly number[]): Promise<Map<number, Scheduled>> {
	const found = new Map<number, Scheduled>();
	const read = async (pid: number, thread: number) => {
		// One that has ended waits for nothing.
		const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '');
		const [ran = 0, waited = 0] = text.split(' ').map(Number);
		found.set(thread, { ranMs: ran / NANOSECONDS_PER_MS, waitedMs: waited / NANOSECONDS_PER_MS });
	};
	const all = pids.map(async (pid) => Promise.all((await threadsOf(pid)).map((thread) => read(pid, thread))));
	await Promise.all(all);
	return found;
}
