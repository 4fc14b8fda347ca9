import { expect, test } from '@jest/globals';
import { geometricMean, median, quantile } from './statistics.ts';

test('the median is the middle one, or between the two in the middle', () => {
	expect(median([5, 1, 3])).toBe(3);
	expect(median([4, 1, 3, 2])).toBe(2.5);
	expect(median([])).toBeNaN();
});

test('a quantile is the smallest value that so many do not exceed', () => {
	const values = Array.from({ length: 200 }, (_, index) => 200 - index);
	expect([quantile(values, 0.99), quantile(values, 0.5), quantile([7], 0.99)]).toEqual([198, 100, 7]);
	expect(quantile([], 0.99)).toBeNaN();
});

test('the geometric mean of a half and two is one', () => {
	expect(geometricMean([0.5, 2])).toBeCloseTo(1);
});
