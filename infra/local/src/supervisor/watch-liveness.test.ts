import { expect, test } from '@jest/globals';
import { watchLiveness } from './watch-liveness.ts';

const CHECKS = 40;

test('a check that fails now and then, for longer than the limit in all, does not count as unresponsive', async () => {
	const over = new AbortController();
	let calls = 0;
	const check = async () => {
		calls += 1;
		if (calls === CHECKS) over.abort();
		if (calls % 2 === 0) throw new Error('slow');
	};
	expect(await watchLiveness({ check, intervalMs: 2, failAfterMs: 10 }, over.signal)).toBeUndefined();
	expect(calls).toBe(CHECKS);
});

test('a check that keeps failing counts as unresponsive, with its last reason', async () => {
	const check = () => Promise.reject(new Error('confirms nothing'));
	const reason = await watchLiveness({ check, intervalMs: 1, failAfterMs: 5 }, new AbortController().signal);
	expect(reason).toBe('confirms nothing');
});
