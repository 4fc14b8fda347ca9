import { expect, test } from '@jest/globals';
import { formatBytes, formatBytesAbove, formatDuration, formatWait } from './format.ts';

test.each([
	[0, '0 B'],
	[1_234_567, '1.2 MB'],
	[550_000_000, '550 MB'],
	[50_000_000_000, '50 GB'],
	[10 * 1024 ** 3, '10.7 GB'],
])('formatBytes(%d) is %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text);
});

test.each([
	[600_000_000, '600 MB'],
	[550_300_000, '550.3 MB'],
	[550_000_001, '550.000001 MB'],
])('formatBytesAbove tells %d from 550 MB: %s', (bytes, text) => {
	expect(formatBytesAbove(550_000_000, bytes)).toBe(text);
});

test.each([
	[0.05, '0 seconds'],
	[1, '1 second'],
	[90, '1 minute'],
	[5_430, '90 minutes'],
	[36_000, '10 hours'],
])('formatDuration(%d) is %s', (seconds, text) => {
	expect(formatDuration(seconds)).toBe(text);
});

test.each([
	[0.2, '1 second'],
	[60, '60 seconds'],
	[61, '2 minutes'],
	[300, '5 minutes'],
])('formatWait(%d) is %s', (seconds, text) => {
	expect(formatWait(seconds)).toBe(text);
});
