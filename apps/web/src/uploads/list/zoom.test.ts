import { expect, test } from '@jest/globals';
import { zoomed } from './zoom.ts';

test.each([
	[1, 1, 1.5],
	[2, 1, 3],
	[3, 1, undefined],
	[3, -1, 2],
	[1, -1, undefined],
] as const)('from %d in direction %d the zoom becomes %p', (zoom, direction, next) => {
	expect(zoomed(zoom, direction)).toBe(next);
});
