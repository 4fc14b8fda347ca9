import { expect, test } from '@jest/globals';
import { inParts, slope } from './trend.ts';

test('the slope of points around a line is the slope of the line', () => {
	expect(
		slope([
			[0, 1],
			[1, 2],
			[2, 5],
			[3, 6],
		]),
	).toBeCloseTo(1.8);
	expect(slope([[1, 1]])).toBeNaN();
});

test('every value is in one part, and parts differ by one at most', () => {
	const parts = inParts([1, 2, 3, 4, 5, 6, 7], 3);
	expect(parts.flat()).toEqual([1, 2, 3, 4, 5, 6, 7]);
	expect(parts.map((part) => part.length)).toEqual([2, 3, 2]);
});
