import { expect, test } from '@jest/globals';
import { cpuTicks } from './processes.ts';

test('reads CPU time behind a name with spaces and parentheses', () => {
	const stat = '42 (a) b (c)) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 3 2 20 0 1 0 100 1000 10';
	expect(cpuTicks(stat)).toBe(17);
});

test('counts no CPU time for a process that has ended', () => {
	expect(cpuTicks('')).toBe(0);
});
