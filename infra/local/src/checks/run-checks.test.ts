import { expect, test } from '@jest/globals';
import type { Check } from './check.ts';
import { LONGEST, longestFirst } from './run-checks.ts';

const check = (name: string): Check => ({
	name,
	run: async () => ({ passed: 1, failed: 0, output: '' }),
});

test('longestFirst begins with the checks that are known to take long, and keeps the order of the others', () => {
	const [longest = '', second = ''] = LONGEST;
	const names = ['b', second, 'a', longest];
	expect(longestFirst(names.map(check)).map(({ name }) => name)).toEqual([longest, second, 'b', 'a']);
});
