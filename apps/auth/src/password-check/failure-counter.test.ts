import { describe, expect, test } from '@jest/globals';
import {
	addFailure,
	counterAt,
	effectiveFailuresBeforeLockout,
	type FailureCounter,
	isLimitReached,
	remainingLockoutMs,
} from './failure-counter.ts';

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(START + seconds * 1000);
const counter = (failures: number): FailureCounter => ({ key: 'k', failures, lastFailedAt: at(0) });

/** Returns the counter after that many failures, one a second. */
function counterAfter(count: number): FailureCounter {
	let current: FailureCounter = { key: 'k', failures: 0, lastFailedAt: at(0) };
	for (let second = 1; second <= count; second += 1) current = addFailure(current, at(second));
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
	])('with a limit of 5 refuses attempts after failure %i for %i s', (failures, seconds) => {
		expect(remainingLockoutMs(counter(failures), 5, at(0))).toBe(seconds * 1000);
	});

	test('counts failures in quick succession in full', () => {
		expect(remainingLockoutMs(counterAfter(5), 5, at(5))).toBe(1000);
	});

	test('admits the next attempt after the lockout', () => {
		expect(remainingLockoutMs(counter(7), 5, at(3))).toBe(1000);
		expect(remainingLockoutMs(counter(7), 5, at(4))).toBe(0);
	});

	test('does not extend the lockout when the clock is set back', () => {
		expect(remainingLockoutMs(counter(1000), 5, at(-3600))).toBe(60_000);
	});

	test('forgives one failure a minute', () => {
		expect(counterAt(counter(7), at(120)).failures).toBe(5);
		expect(counterAt(counter(7), at(3600)).failures).toBe(0);
	});

	test('is at its limit after the lockout, until enough failures are forgiven', () => {
		expect(isLimitReached(counter(6), 5, at(10))).toBe(true);
		expect(isLimitReached(counter(6), 5, at(120))).toBe(false);
	});

	test('stays at the longest lockout for attempts as frequent as it allows', () => {
		let current = counter(11);
		for (let minute = 1; minute <= 60; minute += 1) current = addFailure(current, at(minute * 60));
		expect(remainingLockoutMs(current, 5, at(3600))).toBe(60_000);
	});
});

describe('the failures of one network before a lockout', () => {
	const limit = {
		key: 'k',
		scope: 'account' as const,
		failuresBeforeLockout: 5,
		allUnknownNetworks: { key: 'c', failuresBeforeLockout: 5 },
	};
	const effective = (own: number | undefined, all: number | undefined, seconds = 0) =>
		effectiveFailuresBeforeLockout(
			limit,
			{
				network: own === undefined ? undefined : counter(own),
				allUnknownNetworks: all === undefined ? undefined : counter(all),
			},
			at(seconds),
		);

	test('stay the same while other networks have few failures, however often this one fails', () => {
		expect([effective(undefined, undefined), effective(3, 3), effective(40, 40), effective(2, 6)]).toEqual([
			5, 5, 5, 5,
		]);
	});

	test('fall to one while other networks have too many failures', () => {
		expect([effective(undefined, 5), effective(3, 1_000)]).toEqual([1, 1]);
	});

	test('rise again when the failures of other networks are forgiven', () => {
		expect(effective(undefined, 6, 120)).toBe(5);
	});
});
