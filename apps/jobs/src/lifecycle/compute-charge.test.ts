import { describe, expect, test } from '@jest/globals';
import { chargedMs, chargedMsOfCanceled } from './compute-charge.ts';

const now = new Date('2026-11-30T12:00:00Z');
const ago = (seconds: number) => new Date(now.getTime() - 1000 * seconds);
const attempt = { attemptStartedAt: ago(60), leaseExpiresAt: now, now };

describe('an attempt that ends', () => {
	test('costs the time since its grant, or what the worker measured if that is less', () => {
		expect(chargedMs(attempt, {})).toBe(60_000);
		expect(chargedMs(attempt, { computeMs: 12_345 })).toBe(12_345);
		expect(chargedMs(attempt, { computeMs: 90_000 })).toBe(60_000);
	});

	test('costs its time when it failed because of the file or a timeout', () => {
		for (const errorCode of ['corrupt_input', 'timeout', 'limit_exceeded', 'tool_failed'] as const) {
			expect(chargedMs(attempt, { errorCode })).toBe(60_000);
		}
	});

	test('costs nothing when the product failed', () => {
		for (const errorCode of ['internal', 'worker_lost'] as const) {
			expect(chargedMs(attempt, { errorCode, computeMs: 50_000 })).toBe(0);
		}
	});

	test('costs nothing when no worker runs it, or its start is unknown', () => {
		expect(chargedMs({ ...attempt, leaseExpiresAt: null }, { computeMs: 50_000 })).toBe(0);
		expect(chargedMs({ ...attempt, attemptStartedAt: null }, { computeMs: 50_000 })).toBe(0);
	});
});

describe('a canceled job', () => {
	const job = { ...attempt, attempt: 1, lostAttempts: 0, preemptedMs: 0 };

	test('costs the time of its attempt and of those that were preempted', () => {
		expect(chargedMsOfCanceled(job)).toBe(60_000);
		expect(chargedMsOfCanceled({ ...job, preemptedMs: 30_000 })).toBe(90_000);
		expect(chargedMsOfCanceled({ ...job, leaseExpiresAt: null, preemptedMs: 30_000 })).toBe(30_000);
	});

	test('costs at least 2 seconds once it has started, and nothing before', () => {
		expect(chargedMsOfCanceled({ ...job, attemptStartedAt: ago(0.5) })).toBe(2_000);
		expect(chargedMsOfCanceled({ ...job, leaseExpiresAt: null })).toBe(2_000);
		expect(chargedMsOfCanceled({ ...job, attempt: 0, attemptStartedAt: null, leaseExpiresAt: null })).toBe(0);
	});

	test('costs nothing when all its attempts were lost, unless the worker of the last one came back', () => {
		const lost = { ...job, attempt: 2, lostAttempts: 2 };
		expect(chargedMsOfCanceled({ ...lost, leaseExpiresAt: null })).toBe(0);
		expect(chargedMsOfCanceled({ ...lost, attemptStartedAt: ago(0.5) })).toBe(2_000);
		expect(chargedMsOfCanceled({ ...lost, lostAttempts: 1, leaseExpiresAt: null })).toBe(2_000);
	});
});
