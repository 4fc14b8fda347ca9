import { expect, test } from '@jest/globals';
import { savedPercent } from './saved-percent.ts';

test.each([
	[1_000, 260, 74],
	[1_000, 1, 99],
	[1_000, 999, undefined],
	[1_000, 1_000, undefined],
	[1_000, 2_000, undefined],
	[0, 0, undefined],
])('from %d to %d bytes it is %p %% smaller', (bytesIn, bytesOut, percent) => {
	expect(savedPercent(bytesIn, bytesOut)).toBe(percent);
});
