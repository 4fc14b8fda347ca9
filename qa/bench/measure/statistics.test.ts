import { describe, expect, test } from '@jest/globals';
import { geometricMean, mean, median, p99, slope, split } from './statistics.ts';

test.each(Object.entries({ median, p99, mean, geometricMean }))('%s of no values is NaN', (_, reduce) => {
	expect(reduce([])).toBeNaN();
});

describe('median', () => {
	test('is the middle value of an odd number of values', () => {
		expect(median([5, 1, 3])).toBe(3);
	});

	test('is the mean of the two in the middle of an even number of values', () => {
		expect(median([4, 1, 3, 2])).toBe(2.5);
	});
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

describe('slope', () => {
	test('is the one of the least-squares line', () => {
		expect(slope([1, 2, 5, 6].map((y, x) => [x, y] as const))).toBeCloseTo(1.8);
	});

	test('of one point is NaN', () => {
		expect(slope([[1, 1]])).toBeNaN();
	});
});

test('splits values into parts of nearly the same length', () => {
	const parts = split([1, 2, 3, 4, 5, 6, 7], 3);
	expect(parts).toEqual([
		[1, 2],
		[3, 4, 5],
		[6, 7],
	]);
});
