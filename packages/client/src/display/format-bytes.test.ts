import { expect, test } from '@jest/globals';
import { formatBytes, formatBytesAbove } from './format-bytes.ts';

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1_000, '1 kB'],
	[1_234_567, '1.2 MB'],
	[21_000_000, '21 MB'],
	[99_960, '100 kB'],
	[999_499, '999 kB'],
	[999_500, '1 MB'],
	[10 * 1024 ** 3, '10.7 GB'],
])('formatBytes(%i) is %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[600_000_000, '600 MB'],
	[550_300_000, '550.3 MB'],
	[550_000_001, '550.000001 MB'],
])('formatBytesAbove tells %i from 550 MB: %s', (bytes, text) => {
	expect(formatBytesAbove(550_000_000, bytes)).toBe(text);
});
