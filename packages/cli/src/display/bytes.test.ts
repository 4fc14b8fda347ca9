import { expect, test } from '@jest/globals';
import { formatBytes, formatChange } from './bytes.ts';

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1_000, '1.0 kB'],
	[9_949, '9.9 kB'],
	[9_960, '10 kB'],
	[999_499, '999 kB'],
	[999_500, '1.0 MB'],
	[4_700_000, '4.7 MB'],
	[12_000_000_000, '12 GB'],
])('formatBytes(%i) is %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[4_700_000, 1_200_000, '4.7 MB → 1.2 MB (−74%)'],
	[1_000, 1_500, '1.0 kB → 1.5 kB (+50%)'],
	[1_000, 1_000, '1.0 kB → 1.0 kB (±0%)'],
])('formatChange from %i to %i', (before, after, text) => {
	expect(formatChange(before, after)).toBe(text);
});
