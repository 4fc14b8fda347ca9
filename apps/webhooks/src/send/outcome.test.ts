import { describe, expect, test } from '@jest/globals';
import { type Outcome, retryAfterSeconds, retryDelaySeconds } from './outcome.ts';

const now = new Date('2026-12-01T00:00:00Z');
const rules = { retryDelaysSeconds: [5, 300] };
const answered = (status: number, retryAfter?: string): Outcome => ({ status, retryAfter, excerpt: '' });
const delayAfter = (outcome: Outcome, retryStep = 1, random = 0.5) =>
	retryDelaySeconds(outcome, { retryStep, now, random }, rules);

describe('retryDelaySeconds', () => {
	test.each([200, 204, 299])('is null after %i', (status) => {
		expect(delayAfter(answered(status))).toBeNull();
	});

	test.each([301, 304, 400, 404, 500])('is the first delay after a first %i', (status) => {
		expect(delayAfter(answered(status))).toBe(5);
	});

	test('follows the schedule, varies by a fifth, and ends', () => {
		const failed: Outcome = { failure: 'timeout', message: '' };
		expect(delayAfter(failed, 1, 0)).toBeCloseTo(4);
		expect(delayAfter(failed, 1, 1)).toBeCloseTo(6);
		expect([delayAfter(failed, 2), delayAfter(failed, 3)]).toEqual([300, null]);
	});

	test('is null after 410, because no other response will follow', () => {
		expect(delayAfter(answered(410))).toBeNull();
	});

	test('is at least what Retry-After asks for', () => {
		expect(delayAfter(answered(503, '60'))).toBe(60);
		expect(delayAfter(answered(429, '1'))).toBe(5);
	});
});

test.each([
	['120', 120],
	['Tue, 01 Dec 2026 00:02:00 GMT', 120],
	['Mon, 30 Nov 2026 00:00:00 GMT', 0],
	['999999999', 86_400],
	['soon', undefined],
	[undefined, undefined],
])('Retry-After %j means %j seconds', (text, seconds) => {
	expect(retryAfterSeconds(answered(503, text), now)).toBe(seconds);
});
