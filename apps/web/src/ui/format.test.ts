import { expect, test } from '@jest/globals';
import { formatDuration } from './format.ts';

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
