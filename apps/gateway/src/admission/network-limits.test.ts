import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createNetworkBuckets, createNetworkSemaphore } from './network-limits.ts';

const networkOf = (index: number, site = 'ab') => `2001:db8:1:${site}0${index}::/64`;
const TEN = Array.from({ length: 10 }, (_, index) => index);

afterEach(() => {
	jest.useRealTimers();
});

describe('the networks of one IPv6 site', () => {
	test('have four times the tokens of one, and no more', () => {
		const buckets = createNetworkBuckets({
			tokensPerSecond: 1,
			burst: 1,
			capacity: 100,
			monotonicMs: () => 0,
		});
		expect(TEN.filter((index) => buckets.reserve(networkOf(index), 1) === 0)).toHaveLength(4);
		expect(buckets.reserve(networkOf(0, 'cd'), 1)).toBe(0);
		for (const index of TEN) buckets.refund(networkOf(index), 1);
		expect(TEN.filter((index) => buckets.reserve(networkOf(index), 1) === 0)).toHaveLength(4);
	});

	test('have four times the permits of one, and no more', async () => {
		const semaphore = createNetworkSemaphore({ permits: 2, waitMs: 0, maxWaiting: 0 });
		const acquireAll = () => Promise.all(TEN.map((index) => semaphore.acquire(networkOf(index), 5)));
		const acquired = await acquireAll();
		expect(acquired.filter(Boolean)).toHaveLength(4);
		expect(await semaphore.acquire(networkOf(0, 'cd'), 1)).toBe(true);
		for (const [index, isAcquired] of acquired.entries())
			if (isAcquired) semaphore.release(networkOf(index), 5);
		expect((await acquireAll()).filter(Boolean)).toHaveLength(4);
	});

	test('wait at most `waitMs`, for all permits together', async () => {
		jest.useFakeTimers();
		const semaphore = createNetworkSemaphore({ permits: 1, waitMs: 1_000, maxWaiting: 1 });
		for (const index of [0, 1, 2, 3]) await semaphore.acquire(networkOf(index), 1);
		const refused = semaphore.acquire(networkOf(0), 1);
		await jest.advanceTimersByTimeAsync(900);
		const other = semaphore.acquire(networkOf(4), 1);
		semaphore.release(networkOf(0), 1);
		expect(await other).toBe(true);
		const settled = jest.fn();
		void refused.then(settled);
		await jest.advanceTimersByTimeAsync(100);
		expect(settled).toHaveBeenCalledWith(false);
	});
});

describe('the networks of one IPv6 /48', () => {
	const networks = Array.from({ length: 20 }, (_, index) => networkOf(0, (16 + index).toString(16)));

	test('have sixteen times the tokens of one, and no more', () => {
		const buckets = createNetworkBuckets({
			tokensPerSecond: 1,
			burst: 1,
			capacity: 100,
			monotonicMs: () => 0,
		});
		expect(networks.filter((network) => buckets.reserve(network, 1) === 0)).toHaveLength(16);
		expect(buckets.reserve('2001:db8:2:0::/64', 1)).toBe(0);
	});

	test('have sixteen times the permits of one, and no more', async () => {
		const semaphore = createNetworkSemaphore({ permits: 2, waitMs: 0, maxWaiting: 0 });
		const acquireAll = () => Promise.all(networks.map((network) => semaphore.acquire(network, 2)));
		const acquired = await acquireAll();
		expect(acquired.filter(Boolean)).toHaveLength(16);
		for (const [index, network] of networks.entries()) if (acquired[index]) semaphore.release(network, 2);
		expect((await acquireAll()).filter(Boolean)).toHaveLength(16);
	});
});

test('IPv4 networks share nothing', () => {
	const buckets = createNetworkBuckets({
		tokensPerSecond: 1,
		burst: 1,
		capacity: 100,
		monotonicMs: () => 0,
	});
	expect(TEN.filter((index) => buckets.reserve(`192.0.2.${index}`, 1) === 0)).toHaveLength(10);
});
