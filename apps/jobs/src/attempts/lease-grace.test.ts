import { expect, test } from '@jest/globals';
import { createLeaseGrace } from './lease-grace.ts';

const grace = () => createLeaseGrace({ leaseMs: 10_000, maxGapMs: 3_000, startMs: 0 });

function checkEverySecond(mayExpire: (nowMs: number) => boolean, fromMs: number, toMs: number): boolean[] {
	const decisions: boolean[] = [];
	for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1_000) decisions.push(mayExpire(nowMs));
	return decisions;
}

test('marks no attempt as lost within one lease after the start', () => {
	const decisions = checkEverySecond(grace(), 1_000, 12_000);
	expect(decisions.indexOf(true)).toBe(9);
	expect(decisions.slice(9)).toEqual([true, true, true]);
});

test('gives every worker a whole lease after an outage of the database', () => {
	const mayExpire = grace();
	checkEverySecond(mayExpire, 1_000, 20_000);
	const decisions = checkEverySecond(mayExpire, 60_000, 75_000);
	expect(decisions.indexOf(true)).toBe(10);
});

test('does not treat a late check as an outage', () => {
	const mayExpire = grace();
	checkEverySecond(mayExpire, 1_000, 20_000);
	expect(mayExpire(22_500)).toBe(true);
});
