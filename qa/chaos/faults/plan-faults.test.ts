import { expect, test } from '@jest/globals';
import { LINKS, PROCESSES } from './fault.ts';
import { planFaults } from './plan-faults.ts';

const options = { seed: 7, rounds: 20, faultsPerRound: 25 };

test('a seed gives the same faults in the same order, and another seed others', () => {
	expect(planFaults(options)).toEqual(planFaults(options));
	expect(planFaults({ ...options, seed: 8 })).not.toEqual(planFaults(options));
});

test('no target has two faults at once', () => {
	const faults = planFaults(options);
	const overlapping = faults.filter((one) =>
		faults.some(
			(other) =>
				other !== one &&
				other.round === one.round &&
				other.target === one.target &&
				other.atMs >= one.atMs &&
				other.atMs <= one.atMs + one.durationMs,
		),
	);
	expect(overlapping).toEqual([]);
});

test('in the long run every kind of fault comes, and every process and link has one', () => {
	const faults = planFaults({ ...options, rounds: 100 });
	expect(new Set(faults.map(({ kind }) => kind)).size).toBe(7);
	expect(new Set(faults.map(({ target }) => target)).size).toBe(PROCESSES.length + LINKS.length);
});
