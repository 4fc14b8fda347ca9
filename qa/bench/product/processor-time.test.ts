import { expect, test } from '@jest/globals';
import { ticksIn } from './processor-time.ts';

test('the times are found behind a name with spaces and parentheses', () => {
	const stat = '42 (a) b (c)) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 3 2 20 0 1 0 100 1000 10';
	expect(ticksIn(stat)).toBe(17);
});

test('a process that has ended takes none', () => {
	expect(ticksIn('')).toBe(0);
});
