import { expect, test } from '@jest/globals';
import { geometricMean, median, p99, slope, split } from './statistics.ts';

test('takes the middle value as the median, or the mean of the two in the middle', () => {
	expect(median([5, 1, 3])).toBe(3);
	expect(median([4, 1, 3, 2])).toBe(2.5);
	expect(median([])).toBeNaN();
});

test('takes the smallest value that 99% of the values do not exceed as the p99', () => {
	const values = Array.from({ length: 200 }, (_, index) => 200 - index);
	expect([p99(values), p99([7])]).toEqual([198, 7]);
	expect(p99([])).toBeNaN();
});

test('takes one as the geometric mean of a half and two', () => {
	expect(geometricMean([0.5, 2])).toBeCloseTo(1);
});

test('fits a line to points', () => {
	const points = [1, 2, 5, 6].map((y, x) => [x, y] as const);
	expect(slope(points)).toBeCloseTo(1.8);
	expect(slope([[1, 1]])).toBeNaN();
});

test('splits values into parts of nearly the same length', () => {
	const parts = split([1, 2, 3, 4, 5, 6, 7], 3);
	expect(parts).toEqual([
		[1, 2],
		[3, 4, 5],
		[6, 7],
	]);
});
