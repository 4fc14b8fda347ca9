import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createPriorityQueue } from './priority-queue.ts';

const NEVER_MS = 60_000;

/** Whether it is settled once everything that could settle it has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

test('as many run at once as there are permits, the next when one leaves, in their order', async () => {
	const priorityQueue = createPriorityQueue({ permits: 2, longMs: NEVER_MS });
	const [first] = [await priorityQueue.enter(), await priorityQueue.enter()];
	const third = priorityQueue.enter();
	const fourth = priorityQueue.enter();
	expect(await isSettled(third)).toBe(false);
	first.leave();
	expect([await isSettled(third), await isSettled(fourth)]).toEqual([true, false]);
});

test('a job that runs for long makes room and is told so', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const long = await priorityQueue.enter();
	const next = await priorityQueue.enter();
	expect(long.deprioritized.aborted).toBe(true);
	expect(next.deprioritized.aborted).toBe(false);
});

test('a job that waits for processors is not deprioritized for it', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const slowed = await priorityQueue.enter();
	slowed.waited(NEVER_MS);
	await sleep(30);
	expect(slowed.deprioritized.aborted).toBe(false);
	slowed.leave();
});

test('a job that is known to take long makes room at once, and once', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const long = await priorityQueue.enter();
	const next = priorityQueue.enter();
	long.deprioritize();
	long.deprioritize();
	expect(await isSettled(next)).toBe(true);
	expect(long.deprioritized.aborted).toBe(true);
	long.leave();
	expect(await isSettled(priorityQueue.enter())).toBe(false);
});

test('a job that has left is deprioritized no more', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const short = await priorityQueue.enter();
	short.leave();
	short.deprioritize();
	await priorityQueue.enter();
	expect(await isSettled(priorityQueue.enter())).toBe(false);
});

test('a permit is given up once, however its job ends', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const long = await priorityQueue.enter();
	const next = await priorityQueue.enter();
	long.leave();
	long.leave();
	next.leave();
	next.leave();
	const patient = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const one = await patient.enter();
	one.leave();
	one.leave();
	await patient.enter();
	expect(await isSettled(patient.enter())).toBe(false);
});

test('a job that was short is never deprioritized', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: 5 });
	const short = await priorityQueue.enter();
	short.leave();
	await sleep(20);
	expect(short.deprioritized.aborted).toBe(false);
});

test('a closed queue rejects those that wait, and lets no more in', async () => {
	const priorityQueue = createPriorityQueue({ permits: 1, longMs: NEVER_MS });
	const first = await priorityQueue.enter();
	const waiting = priorityQueue.enter();
	priorityQueue.close();
	await expect(waiting).rejects.toMatchObject({ code: 'upstream_unavailable' });
	first.leave();
	await expect(priorityQueue.enter()).rejects.toMatchObject({ code: 'upstream_unavailable' });
});
