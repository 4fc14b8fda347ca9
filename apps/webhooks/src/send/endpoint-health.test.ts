import { describe, expect, test } from '@jest/globals';
import {
	BREAKER_FAILURES,
	disableReason,
	type EndpointHealth,
	HEALTHY,
	healthAfterAttempt,
	leavesHealthUnchanged,
} from './endpoint-health.ts';
import type { Outcome } from './outcome.ts';

const endedAt = new Date('2026-12-01T00:00:00Z');
const after = (
	health: EndpointHealth,
	status: number,
	more: { durationMs?: number; retryAfter?: string } = {},
) => {
	const { durationMs = 20, retryAfter } = more;
	const outcome: Outcome = { status, retryAfter, excerpt: '' };
	return healthAfterAttempt(health, { outcome, durationMs, endedAt });
};
const fail = (times: number) => {
	let health = HEALTHY;
	for (let count = 0; count < times; count += 1) health = after(health, 500);
	return health;
};
const pauseSeconds = ({ pausedUntil }: EndpointHealth) =>
	pausedUntil && (pausedUntil.getTime() - endedAt.getTime()) / 1_000;

describe('an endpoint', () => {
	test('is paused after five failures in a row, longer after each further one, for at most 5 minutes', () => {
		const pauses = [-1, 0, 1, 2, 20].map((more) => pauseSeconds(fail(BREAKER_FAILURES + more)));
		expect(pauses).toEqual([null, 10, 20, 40, 300]);
	});

	test('is healthy again after one success', () => {
		expect(after(fail(20), 204)).toEqual(HEALTHY);
	});

	test('is paused for as long as Retry-After says, but not for more than an hour', () => {
		expect(pauseSeconds(after(HEALTHY, 429, { retryAfter: '90' }))).toBe(90);
		expect(pauseSeconds(after(HEALTHY, 503, { retryAfter: '80000' }))).toBe(3_600);
	});

	test('is slow after a response that took seconds', () => {
		expect(after(HEALTHY, 200, { durationMs: 3_000 }).slow).toBe(true);
		expect(after({ ...HEALTHY, slow: true }, 200).slow).toBe(false);
	});

	test('remembers the first failure', () => {
		const failingSince = new Date('2026-11-28T00:00:00Z');
		expect(after({ ...HEALTHY, failures: 1, failingSince }, 500).failingSince).toBe(failingSince);
	});
});

describe('an endpoint is disabled', () => {
	const rules = { disableAfterMs: 5 * 86_400_000 };
	const failed = (status: number) => ({ outcome: { status, excerpt: '' }, durationMs: 1, endedAt });
	const failingFor = (days: number) => ({
		...HEALTHY,
		failingSince: new Date(endedAt.getTime() - days * 86_400_000),
	});

	test('after 5 days of nothing but failures', () => {
		expect(disableReason(failingFor(4.99), failed(500), rules)).toBeNull();
		expect(disableReason(failingFor(5), failed(500), rules)).toBe('failing');
	});

	test('by 410 at once', () => {
		expect(disableReason(failingFor(0), failed(410), rules)).toBe('gone');
	});
});

test('only a success leaves a healthy endpoint unchanged', () => {
	const attempt = (status: number, durationMs = 1) => ({
		outcome: { status, excerpt: '' },
		durationMs,
		endedAt,
	});
	expect(leavesHealthUnchanged(HEALTHY, attempt(200))).toBe(true);
	expect(leavesHealthUnchanged(HEALTHY, attempt(200, 9_000))).toBe(false);
	expect(leavesHealthUnchanged(HEALTHY, attempt(500))).toBe(false);
	expect(leavesHealthUnchanged(fail(1), attempt(200))).toBe(false);
});
