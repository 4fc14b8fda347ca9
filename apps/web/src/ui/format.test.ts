import { expect, test } from '@jest/globals';
import { formatBytes, formatDuration } from './format.ts';

test.each([
	[0, '0 B'],
	[999, '999 B'],
	[1_000, '1.0 kB'],
	[1_234_567, '1.2 MB'],
	[99_960, '100 kB'],
	[999_999, '1.0 MB'],
	[10 * 1024 ** 3, '10.7 GB'],
])('formats %d bytes as %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[400, '0 s'],
	[59_400, '59 s'],
	[60_000, '1 min'],
	[125_000, '2 min 5 s'],
	[3_600_000, '1 h'],
	[4_800_000, '1 h 20 min'],
])('formats %d ms as %s', (ms, text) => {
	expect(formatDuration(ms)).toBe(text);
});
