import { expect, test } from '@jest/globals';
import { createCrowdMeter } from './crowd.ts';

/** What is said at last, when it was the same for long. */
function stepsOf(wanting: number, cores = 2): number {
	const measure = createCrowdMeter(cores);
	let steps = 0;
	for (let time = 0; time < 100; time += 1) steps = measure(wanting);
	return steps;
}

test.each([
	['nothing', 0],
	['as many threads as there are cores', 2],
	['a few more', 3],
])('%s is no crowd', (_, wanting) => {
	expect(stepsOf(wanting)).toBe(0);
});

test.each([4, 16, 64])('%d threads weigh as much as one for each core', (wanting) => {
	const weight = wanting * 1.25 ** -stepsOf(wanting);
	expect(weight).toBeLessThanOrEqual(2);
	expect(weight).toBeGreaterThan(1.5);
});

test('nothing goes lower than the kernel lets it', () => {
	expect(stepsOf(100_000)).toBe(19);
});

test('a burst that passes changes nothing', () => {
	const measure = createCrowdMeter(2);
	expect([measure(0), measure(5), measure(0)]).toEqual([0, 0, 0]);
});
