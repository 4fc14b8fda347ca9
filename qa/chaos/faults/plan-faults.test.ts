import { expect, test } from '@jest/globals';
import { FAULTS, LINKS, PROCESSES } from './faults.ts';
import { planFaults } from './plan-faults.ts';

const options = { seed: 7, rounds: 20, faultsPerRound: 25 };

test('a seed returns the same faults in the same order, and another seed others', () => {
	expect(planFaults(options)).toEqual(planFaults(options));
	expect(planFaults({ ...options, seed: 8 })).not.toEqual(planFaults(options));
});

test('no target has two faults at once', () => {
	for (const faults of Map.groupBy(
		planFaults(options),
		({ round, target }) => `${round} ${target}`,
	).values()) {
		const ends = faults.map(({ atMs, durationMs }) => atMs + durationMs);
		const starts = [...faults.slice(1).map(({ atMs }) => atMs), Number.POSITIVE_INFINITY];
		for (const [index, end] of ends.entries()) expect(starts[index]).toBeGreaterThan(end);
	}
});

test('in the long run every kind of fault occurs, and every process and link has one', () => {
	const faults = planFaults({ ...options, rounds: 100 });
	expect(new Set(faults.map(({ kind }) => kind)).size).toBe(Object.keys(FAULTS).length);
	expect(new Set(faults.map(({ target }) => target)).size).toBe(PROCESSES.length + LINKS.length);
});
