import { expect, test } from '@jest/globals';
import { watchLiveness } from './probes.ts';

const CHECKS = 40;

test('a check that fails every other time counts as alive, even when its failures add up to more than the limit', async () => {
	const ended = new AbortController();
	let calls = 0;
	const check = async () => {
		calls += 1;
		if (calls === CHECKS) ended.abort();
		if (calls % 2 === 0) throw new Error('slow');
	};
	expect(await watchLiveness({ check, intervalMs: 2, failAfterMs: 10 }, ended.signal)).toBeUndefined();
	expect(calls).toBe(CHECKS);
});
