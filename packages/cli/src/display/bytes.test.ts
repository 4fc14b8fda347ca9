import { expect, test } from '@jest/globals';
import { formatChange } from './bytes.ts';

test.each([
	[4_700_000, 1_200_000, '4.7 MB → 1.2 MB (−74%)'],
	[1_000, 1_500, '1 kB → 1.5 kB (+50%)'],
	[1_000, 1_000, '1 kB → 1 kB (±0%)'],
])('formatChange from %i to %i', (before, after, text) => {
	expect(formatChange(before, after)).toBe(text);
});
