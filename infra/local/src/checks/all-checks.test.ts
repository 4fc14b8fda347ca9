import { expect, test } from '@jest/globals';
import { productChecks } from './all-checks.ts';

test.each([
	['a run with a seed does not rehearse a full disk', '7', 0],
	['a full run rehearses a full disk', undefined, 1],
])('%s', (_, seed, rehearsals) => {
	const names = productChecks('/home', { seed }).map(({ name }) => name);
	expect(names.filter((name) => name.includes('full disk'))).toHaveLength(rehearsals);
});
