import { expect, test } from '@jest/globals';
import { geometricMean, median } from './statistics.ts';

test('the median is the middle one, or between the two in the middle', () => {
	expect(median([5, 1, 3])).toBe(3);
	expect(median([4, 1, 3, 2])).toBe(2.5);
	expect(median([])).toBeNaN();
});

test('the geometric mean of a half and two is one', () => {
	expect(geometricMean([0.5, 2])).toBeCloseTo(1);
});
