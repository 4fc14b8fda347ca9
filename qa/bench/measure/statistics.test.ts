import { expect, test } from '@jest/globals';
import { geometricMean, mean, median, p99, split } from './statistics.ts';

test('reduces no values to NaN', () => {
	for (const reduce of [median, p99, mean, geometricMean]) expect(reduce([])).toBeNaN();
	expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('splits values into parts of nearly the same length', () => {
	const parts = split([1, 2, 3, 4, 5, 6, 7], 3);
	expect(parts).toEqual([
		[1, 2],
		[3, 4, 5],
		[6, 7],
	]);
});
