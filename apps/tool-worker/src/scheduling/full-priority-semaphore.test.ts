import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createFullPrioritySemaphore } from './full-priority-semaphore.ts';

const NEVER_MS = 60_000;

/** Returns whether the promise is settled after all pending work. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

test('grants as many permits as there are, and the next in order when one is released', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 2, longMs: NEVER_MS });
	const [first] = [await fullPrioritySemaphore.acquire(), await fullPrioritySemaphore.acquire()];
	const third = fullPrioritySemaphore.acquire();
	const fourth = fullPrioritySemaphore.acquire();
	expect(await isSettled(third)).toBe(false);
	first.release();
	expect([await isSettled(third), await isSettled(fourth)]).toEqual([true, false]);
});

test('deprioritizes a job that runs for long, and grants its permit to the next', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: 5 });
	const long = await fullPrioritySemaphore.acquire();
	const next = await fullPrioritySemaphore.acquire();
	expect(long.deprioritized.aborted).toBe(true);
	expect(next.deprioritized.aborted).toBe(false);
});

test('does not count time that a job spent waiting for a CPU', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: 5 });
	const slowed = await fullPrioritySemaphore.acquire();
	slowed.addCpuWait(NEVER_MS);
	await sleep(30);
	expect(slowed.deprioritized.aborted).toBe(false);
	slowed.release();
});

test('passes on the permit of a job that is known to take long, at once and only once', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: NEVER_MS });
	const long = await fullPrioritySemaphore.acquire();
	const next = fullPrioritySemaphore.acquire();
	long.deprioritize();
	long.deprioritize();
	expect(await isSettled(next)).toBe(true);
	expect(long.deprioritized.aborted).toBe(true);
	long.release();
	expect(await isSettled(fullPrioritySemaphore.acquire())).toBe(false);
});

test('ignores deprioritize after release', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: NEVER_MS });
	const short = await fullPrioritySemaphore.acquire();
	short.release();
	short.deprioritize();
	await fullPrioritySemaphore.acquire();
	expect(await isSettled(fullPrioritySemaphore.acquire())).toBe(false);
});

test('releases a permit once', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: 5 });
	const long = await fullPrioritySemaphore.acquire();
	const next = await fullPrioritySemaphore.acquire();
	long.release();
	long.release();
	next.release();
	next.release();
	const patient = createFullPrioritySemaphore({ permits: 1, longMs: NEVER_MS });
	const one = await patient.acquire();
	one.release();
	one.release();
	await patient.acquire();
	expect(await isSettled(patient.acquire())).toBe(false);
});

test('never deprioritizes a job after release', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: 5 });
	const short = await fullPrioritySemaphore.acquire();
	short.release();
	await sleep(20);
	expect(short.deprioritized.aborted).toBe(false);
});

test('rejects waiting and later calls of acquire once it is closed', async () => {
	const fullPrioritySemaphore = createFullPrioritySemaphore({ permits: 1, longMs: NEVER_MS });
	const first = await fullPrioritySemaphore.acquire();
	const waiting = fullPrioritySemaphore.acquire();
	fullPrioritySemaphore.close();
	await expect(waiting).rejects.toMatchObject({ code: 'upstream_unavailable' });
	first.release();
	await expect(fullPrioritySemaphore.acquire()).rejects.toMatchObject({ code: 'upstream_unavailable' });
});
