import { describe, expect, test } from '@jest/globals';
import { createTokenBuckets } from './token-buckets.ts';

function bucketsAt(options: { tokensPerSecond?: number; burst?: number; capacity?: number } = {}) {
	const clock = { nowMs: 0 };
	const buckets = createTokenBuckets({
		tokensPerSecond: 10,
		burst: 20,
		capacity: 100,
		...options,
		monotonicMs: () => clock.nowMs,
	});
	/** Returns how many of `count` requests are admitted. */
	const admit = (principal: string, count: number, cost = 1) =>
		Array.from({ length: count }, () => buckets.take(principal, cost)).filter((waitMs) => waitMs === 0)
			.length;
	return { buckets, clock, admit };
}

describe('a token bucket', () => {
	test('admits a burst and no more', () => {
		expect(bucketsAt().admit('usr_a', 50)).toBe(20);
	});

	test('refills at its rate, up to a burst', () => {
		const { clock, admit } = bucketsAt();
		admit('usr_a', 20);
		clock.nowMs = 1_000;
		expect(admit('usr_a', 50)).toBe(10);
		clock.nowMs = 3_600_000;
		expect(admit('usr_a', 50)).toBe(20);
	});

	test('returns the time until there are enough tokens', () => {
		const { buckets, clock, admit } = bucketsAt();
		admit('usr_a', 20);
		const waitMs = buckets.take('usr_a', 5);
		expect(waitMs).toBe(500);
		clock.nowMs = waitMs;
		expect(buckets.take('usr_a', 5)).toBe(0);
	});

	test('reserves future tokens', () => {
		const { buckets, admit } = bucketsAt();
		admit('usr_a', 18);
		expect([3, 1, 1].map((cost) => buckets.reserve('usr_a', cost))).toEqual([100, 200, 300]);
		buckets.refund('usr_a', 5);
		expect(admit('usr_a', 50)).toBe(2);
	});

	test('takes no tokens for a refused request', () => {
		const { clock, admit } = bucketsAt();
		admit('usr_a', 1_000);
		clock.nowMs = 100;
		expect(admit('usr_a', 2)).toBe(1);
	});

	test('weights requests by cost', () => {
		expect(bucketsAt().admit('usr_a', 50, 8)).toBe(2);
	});

	test('is not shared between principals', () => {
		const { admit } = bucketsAt();
		admit('usr_a', 20);
		expect(admit('usr_b', 50)).toBe(20);
	});

	test('accepts refunds', () => {
		const { buckets, admit } = bucketsAt();
		admit('usr_a', 20);
		buckets.refund('usr_a', 4);
		expect(admit('usr_a', 50)).toBe(4);
	});
});

describe('a token bucket, when more principals are active than are stored,', () => {
	test('is not full again after its eviction', () => {
		const { admit } = bucketsAt({ capacity: 3 });
		admit('usr_a', 20);
		for (const other of ['usr_b', 'usr_c', 'usr_d', 'usr_e']) admit(other, 1);
		expect(admit('usr_a', 50)).toBe(0);
	});

	test('is no emptier for a new principal than after a burst, whatever the evicted ones have reserved', () => {
		const { buckets } = bucketsAt({ capacity: 3 });
		for (const one of ['usr_a', 'usr_b', 'usr_c', 'usr_d']) buckets.reserve(one, 1_000);
		expect(buckets.reserve('usr_new', 1)).toBe(100);
	});

	test('is full for a new principal once the evicted ones would be', () => {
		const { clock, admit } = bucketsAt({ capacity: 3 });
		for (const one of ['usr_a', 'usr_b', 'usr_c', 'usr_d']) admit(one, 20);
		clock.nowMs = 2_000;
		expect(admit('usr_new', 50)).toBe(20);
	});
});

test('a full bucket has its whole burst at any time', () => {
	for (let second = 0; second < 1_000; second += 1) {
		const monotonicMs = () => second * 997.123;
		const buckets = createTokenBuckets({ tokensPerSecond: 0.001, burst: 1, capacity: 9, monotonicMs });
		expect(buckets.take('a', 1)).toBe(0);
	}
});
