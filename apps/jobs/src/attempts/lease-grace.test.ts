import { expect, test } from '@jest/globals';
import { createLeaseGrace } from './lease-grace.ts';

const grace = () => createLeaseGrace({ leaseMs: 10_000, maxGapMs: 3_000, startMs: 0 });

function look(at: (nowMs: number) => boolean, fromMs: number, toMs: number): boolean[] {
	const answers: boolean[] = [];
	for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1_000) answers.push(at(nowMs));
	return answers;
}

test('ends no lease within one lease after the start', () => {
	const answers = look(grace(), 1_000, 12_000);
	expect(answers.indexOf(true)).toBe(9);
	expect(answers.slice(9)).toEqual([true, true, true]);
});

test('gives every worker a whole lease after an outage of the database', () => {
	const at = grace();
	look(at, 1_000, 20_000);
	const answers = look(at, 60_000, 75_000);
	expect(answers.indexOf(true)).toBe(10);
});

test('does not treat a late check as an outage', () => {
	const at = grace();
	look(at, 1_000, 20_000);
	expect(at(22_500)).toBe(true);
});
