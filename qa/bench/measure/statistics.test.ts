import { describe, expect, test } from '@jest/globals';
import { geometricMean, mean, median, p99 } from './statistics.ts';

test.each(Object.entries({ median, p99, mean, geometricMean }))('%s of no values is NaN', (_, reduce) => {
	expect(reduce([])).toBeNaN();
});

test.each([
	['the middle value of an odd number of values', [5, 1, 3], 3],
	['the mean of the two in the middle of an even number of values', [4, 1, 3, 2], 2.5],
])('median is %s', (_, values, expected) => {
	expect(median(values)).toBe(expected);
});

test.each([
	[100, 99],
	[200, 198],
	[1, 1],
])(
	'p99 of the numbers from 1 to %d is %d, the smallest that 99%% of them do not exceed',
	(count, expected) => {
		expect(p99(Array.from({ length: count }, (_, index) => count - index))).toBe(expected);
	},
);

describe('geometricMean', () => {
	test('of a half and two is one', () => {
		expect(geometricMean([0.5, 2])).toBeCloseTo(1);
	});

	test('of many small values is not zero', () => {
		expect(geometricMean(Array(700).fill(0.1))).toBeCloseTo(0.1);
	});
});
