import { describe, expect, test } from '@jest/globals';
import {
	afterFailure,
	asOf,
	type FailureCounter,
	freeFailuresNow,
	isSlowed,
	remainingDelayMs,
} from './failure-counter.ts';

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1000);
const counter = (failures: number): FailureCounter => ({ key: 'k', failures, lastFailedAt: at(0) });

/** The counter after so many failures, one a second. */
function afterFailures(count: number): FailureCounter {
	let current: FailureCounter = { key: 'k', failures: 0, lastFailedAt: at(0) };
	for (let second = 1; second <= count; second += 1) current = afterFailure(current, at(second));
	return current;
}

describe('a failure counter', () => {
	test.each([
		[0, 0],
		[4, 0],
		[5, 1],
		[6, 2],
		[7, 4],
		[10, 32],
		[11, 60],
		[1000, 60],
	])('that allows 5 makes the attempt after failure %i wait for %i s', (failures, seconds) => {
		expect(remainingDelayMs(counter(failures), 5, at(0))).toBe(seconds * 1000);
	});

	test('counts failures in quick succession in full', () => {
		expect(remainingDelayMs(afterFailures(5), 5, at(5))).toBe(1000);
	});

	test('lets the next attempt through when the delay is over', () => {
		expect(remainingDelayMs(counter(7), 5, at(3))).toBe(1000);
		expect(remainingDelayMs(counter(7), 5, at(4))).toBe(0);
	});

	test('never makes anybody wait longer because the clock was set back', () => {
		expect(remainingDelayMs(counter(1000), 5, at(-3600))).toBe(60_000);
	});

	test('forgives one failure a minute', () => {
		expect(asOf(counter(7), at(120)).failures).toBe(5);
		expect(asOf(counter(7), at(3600)).failures).toBe(0);
	});

	test('still slows after the delay is over, until enough was forgiven', () => {
		expect(isSlowed(counter(6), 5, at(10))).toBe(true);
		expect(isSlowed(counter(6), 5, at(120))).toBe(false);
	});

	test('of somebody who tries as often as it lets them stays at the longest delay', () => {
		let current = counter(11);
		for (let minute = 1; minute <= 60; minute += 1) current = afterFailure(current, at(minute * 60));
		expect(remainingDelayMs(current, 5, at(3600))).toBe(60_000);
	});
});

describe('what is free in a crowd', () => {
	const limit = {
		key: 'k',
		scope: 'account' as const,
		freeFailures: 5,
		crowd: { key: 'c', freeFailures: 5 },
	};
	const free = (own: number | undefined, crowd: number | undefined, seconds = 0) =>
		freeFailuresNow(
			limit,
			{
				own: own === undefined ? undefined : counter(own),
				crowd: crowd === undefined ? undefined : counter(crowd),
			},
			at(seconds),
		);

	test('is all of it while others do nothing, however much one fails oneself', () => {
		expect([free(undefined, undefined), free(3, 3), free(40, 40), free(2, 6)]).toEqual([5, 5, 5, 5]);
	});

	test('is one failure while others have failed too often', () => {
		expect([free(undefined, 5), free(3, 1_000)]).toEqual([1, 1]);
	});

	test('is all of it again when the others have been forgiven', () => {
		expect(free(undefined, 6, 120)).toBe(5);
	});
});
