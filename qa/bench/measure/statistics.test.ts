import { expect, test } from '@jest/globals';
import { geometricMean, mean, median, p99 } from './statistics.ts';

test.each(Object.entries({ median, p99, mean, geometricMean }))('%s of no values is NaN', (_, reduce) => {
	expect(reduce([])).toBeNaN();
});

const downFrom = (count: number) => Array.from({ length: count }, (_, index) => count - index);

test.each([
	['the median of an odd number of values is the middle one', median, [5, 1, 3], 3],
	['the median of an even number of values is the mean of the two in the middle', median, [4, 1, 3, 2], 2.5],
	['the p99 of 100 numbers is the smallest that 99 of them do not exceed', p99, downFrom(100), 99],
	['the p99 of 200 numbers is the smallest that 198 of them do not exceed', p99, downFrom(200), 198],
	['the p99 of one number is that number', p99, [1], 1],
	['the geometric mean of a half and two is one', geometricMean, [0.5, 2], 1],
	['the geometric mean of many small values is not zero', geometricMean, Array(700).fill(0.1), 0.1],
])('%s', (_, reduce, values, expected) => {
	expect(reduce(values)).toBeCloseTo(expected);
});
