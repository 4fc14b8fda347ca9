import { describe, expect, test } from '@jest/globals';
import { createKeyedSemaphore } from './keyed-semaphore.ts';

const semaphoreOf = (options: Partial<Parameters<typeof createKeyedSemaphore>[0]> = {}) =>
	createKeyedSemaphore({ permits: 2, waitMs: 60_000, maxWaiting: 2, ...options });

describe('a keyed semaphore', () => {
	test('admits as many requests as a key has permits', () => {
		const semaphore = semaphoreOf({ waitMs: 0 });
		expect(['a', 'a', 'a', 'b'].map((key) => semaphore.acquire(key, 1))).toEqual([true, true, false, true]);
	});

	test('admits waiters in order when permits are released', async () => {
		const semaphore = semaphoreOf();
		await semaphore.acquire('a', 2);
		const order: number[] = [];
		const waiting = [2, 1].map(async (permits) => {
			await semaphore.acquire('a', permits);
			order.push(permits);
		});
		semaphore.release('a', 2);
		await waiting[0];
		expect(order).toEqual([2]);
		semaphore.release('a', 2);
		await waiting[1];
		expect(order).toEqual([2, 1]);
	});

	test('refuses a waiter after its timeout, and admits those behind it that need fewer permits', async () => {
		const semaphore = semaphoreOf({ permits: 2, waitMs: 20 });
		await semaphore.acquire('a', 1);
		const heavy = semaphore.acquire('a', 2);
		const light = semaphore.acquire('a', 1);
		expect(await Promise.all([heavy, light])).toEqual([false, true]);
	});

	test('refuses at once when too many requests wait', async () => {
		const semaphore = semaphoreOf({ waitMs: 20, maxWaiting: 1 });
		await semaphore.acquire('a', 2);
		const waiting = semaphore.acquire('a', 1);
		expect(semaphore.acquire('a', 1)).toBe(false);
		expect(await waiting).toBe(false);
	});

	test('admits a request for more permits than exist only alone', () => {
		const semaphore = semaphoreOf({ waitMs: 0 });
		expect([semaphore.acquire('a', 9), semaphore.acquire('a', 1)]).toEqual([true, false]);
		semaphore.release('a', 9);
		expect(semaphore.acquire('a', 2)).toBe(true);
	});

	test('remembers only keys in use', async () => {
		const semaphore = semaphoreOf({ waitMs: 20 });
		await semaphore.acquire('a', 2);
		await semaphore.acquire('a', 1);
		expect(semaphore.size()).toBe(1);
		semaphore.release('a', 2);
		expect(semaphore.size()).toBe(0);
	});
});
