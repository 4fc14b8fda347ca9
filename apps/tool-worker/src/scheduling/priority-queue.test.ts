import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createPriorityQueue } from './priority-queue.ts';

const NEVER_MS = 60_000;

/** Returns whether the promise is settled after all pending work. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

test('grants as many permits as there are, and the next in order when one is released', async () => {
	const priorityQueue = createPriorityQueue({ permits: 2, longMs: NEVER_MS });
	const [first] = [await priorityQueue.acquire(), await priorityQueue.acquire()];
	const third = priorityQueue.acquire();
	const fourth = priorityQueue.acquire();
	expect(await isSettled(third)).toBe(false);
	first.release();
	expect([await isSettled(third), await isSettled(fourth)]).toEqual([true, false]);
});

test('deprioritizes a job that runs for long, and grants its permit to the next', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const long = await priorityQueue.acquire();
	const next = await priorityQueue.acquire();
	expect(long.deprioritized.aborted).toBe(true);
	expect(next.deprioritized.aborted).toBe(false);
});

test('does not count time that a job waited for processors', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const slowed = await priorityQueue.acquire();
	slowed.addWait(NEVER_MS);
	await sleep(30);
	expect(slowed.deprioritized.aborted).toBe(false);
	slowed.release();
});

test('grants the permit of a job that is known to take long at once, and only once', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const long = await priorityQueue.acquire();
	const next = priorityQueue.acquire();
	long.deprioritize();
	long.deprioritize();
	expect(await isSettled(next)).toBe(true);
	expect(long.deprioritized.aborted).toBe(true);
	long.release();
	expect(await isSettled(priorityQueue.acquire())).toBe(false);
});

test('ignores deprioritize after release', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const short = await priorityQueue.acquire();
	short.release();
	short.deprioritize();
	await priorityQueue.acquire();
	expect(await isSettled(priorityQueue.acquire())).toBe(false);
});

test('releases a permit once', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const long = await priorityQueue.acquire();
	const next = await priorityQueue.acquire();
	long.release();
	long.release();
	next.release();
	next.release();
	const patient = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const one = await patient.acquire();
	one.release();
	one.release();
	await patient.acquire();
	expect(await isSettled(patient.acquire())).toBe(false);
});

test('never deprioritizes a job after release', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const short = await priorityQueue.acquire();
	short.release();
	await sleep(20);
	expect(short.deprioritized.aborted).toBe(false);
});

test('rejects waiting and later calls of acquire once it is closed', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const first = await priorityQueue.acquire();
	const waiting = priorityQueue.acquire();
	priorityQueue.close();
	await expect(waiting).rejects.toMatchObject({ code: 'upstream_unavailable' });
	first.release();
	await expect(priorityQueue.acquire()).rejects.toMatchObject({ code: 'upstream_unavailable' });
});
