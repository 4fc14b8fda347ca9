import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createFullPrioritySemaphore } from './full-priority-semaphore.ts';

const NEVER_MS = 60_000;

const startSemaphore = (options: { permits: number; longMs?: number; timeSliceMs?: number }) =>
	createFullPrioritySemaphore({ longMs: NEVER_MS, timeSliceMs: NEVER_MS, ...options });

/** Returns whether the promise is settled after all pending work. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

test('grants as many permits as there are, and the next in order when one is released', async () => {
	const semaphore = startSemaphore({ permits: 2 });
	const [first] = [await semaphore.acquire('usr_a'), await semaphore.acquire('usr_a')];
	const third = semaphore.acquire('usr_a');
	const fourth = semaphore.acquire('usr_a');
	expect(await isSettled(third)).toBe(false);
	first.release();
	expect([await isSettled(third), await isSettled(fourth)]).toEqual([true, false]);
});

test('deprioritizes a job that runs for long, and grants its permit to the next', async () => {
	const semaphore = startSemaphore({ permits: 1, longMs: 5 });
	const long = await semaphore.acquire('usr_a');
	const next = await semaphore.acquire('usr_a');
	expect(long.deprioritized.aborted).toBe(true);
	expect(next.deprioritized.aborted).toBe(false);
});

test('does not count time that a job spent waiting for a CPU', async () => {
	const semaphore = startSemaphore({ permits: 1, longMs: 5 });
	const slowed = await semaphore.acquire('usr_a');
	slowed.addCpuWait(NEVER_MS);
	await sleep(30);
	expect(slowed.deprioritized.aborted).toBe(false);
	slowed.release();
});

test('passes on the permit of a job that is known to take long, at once and only once', async () => {
	const semaphore = startSemaphore({ permits: 1 });
	const long = await semaphore.acquire('usr_a');
	const next = semaphore.acquire('usr_a');
	long.deprioritize();
	long.deprioritize();
	expect(await isSettled(next)).toBe(true);
	expect(long.deprioritized.aborted).toBe(true);
	long.release();
	expect(await isSettled(semaphore.acquire('usr_a'))).toBe(false);
});

test('ignores deprioritize after release', async () => {
	const semaphore = startSemaphore({ permits: 1 });
	const short = await semaphore.acquire('usr_a');
	short.release();
	short.deprioritize();
	await semaphore.acquire('usr_a');
	expect(await isSettled(semaphore.acquire('usr_a'))).toBe(false);
});

test('releases a permit once', async () => {
	const semaphore = startSemaphore({ permits: 1, longMs: 5 });
	const long = await semaphore.acquire('usr_a');
	const next = await semaphore.acquire('usr_a');
	long.release();
	long.release();
	next.release();
	next.release();
	const patient = startSemaphore({ permits: 1 });
	const one = await patient.acquire('usr_a');
	one.release();
	one.release();
	await patient.acquire('usr_a');
	expect(await isSettled(patient.acquire('usr_a'))).toBe(false);
});

test('never deprioritizes a job after release', async () => {
	const semaphore = startSemaphore({ permits: 1, longMs: 5 });
	const short = await semaphore.acquire('usr_a');
	short.release();
	await sleep(20);
	expect(short.deprioritized.aborted).toBe(false);
});

test('rejects waiting and later calls of acquire once it is closed', async () => {
	const semaphore = startSemaphore({ permits: 1 });
	const first = await semaphore.acquire('usr_a');
	const waiting = semaphore.acquire('usr_a');
	semaphore.close();
	await expect(waiting).rejects.toMatchObject({ code: 'upstream_unavailable' });
	first.release();
	await expect(semaphore.acquire('usr_a')).rejects.toMatchObject({ code: 'upstream_unavailable' });
});

test('grants free permits to the waiting user with the fewest jobs, and to users with as many in turn', async () => {
	const semaphore = startSemaphore({ permits: 2 });
	const order: string[] = [];
	const acquire = async (userId: string) => {
		const permit = await semaphore.acquire(userId);
		order.push(userId);
		return permit;
	};
	const first = [await acquire('usr_a'), await acquire('usr_a')];
	const later = ['usr_a', 'usr_a', 'usr_b', 'usr_b', 'usr_c'].map(acquire);
	for (const permit of first) permit.release();
	for (const permit of later) {
		await sleep(1);
		void permit.then(({ release }) => release());
	}
	await Promise.all(later);
	expect(order.slice(2)).toEqual(['usr_b', 'usr_a', 'usr_c', 'usr_b', 'usr_a']);
});

describe('while another user waits', () => {
	const TIME_SLICE_MS = 50;

	test('a user keeps a permit for a time slice, and the job continues without one', async () => {
		const semaphore = startSemaphore({ permits: 1, timeSliceMs: TIME_SLICE_MS });
		const startedAtMs = performance.now();
		const first = await semaphore.acquire('usr_a');
		const next = await semaphore.acquire('usr_b');
		expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(TIME_SLICE_MS - 1);
		expect(first.deprioritized.aborted).toBe(false);
		const third = semaphore.acquire('usr_c');
		first.release();
		expect(await isSettled(third)).toBe(false);
		next.release();
		await third;
	});

	test('the user with the most jobs passes on the permit of its oldest one', async () => {
		const semaphore = startSemaphore({ permits: 3, timeSliceMs: TIME_SLICE_MS });
		await semaphore.acquire('usr_a');
		const oldest = await semaphore.acquire('usr_b');
		const newer = await semaphore.acquire('usr_b');
		await semaphore.acquire('usr_c');
		oldest.release();
		const next = semaphore.acquire('usr_a');
		expect(await isSettled(next)).toBe(false);
		newer.release();
		await next;
	});

	test('a user with as many jobs doesn’t take its permit, nor does the user itself', async () => {
		const semaphore = startSemaphore({ permits: 2, timeSliceMs: 1 });
		await semaphore.acquire('usr_a');
		const other = await semaphore.acquire('usr_b');
		const further = semaphore.acquire('usr_a');
		expect(await isSettled(further)).toBe(false);
		other.release();
		await further;
	});
});
