import { expect, test } from '@jest/globals';
import { memoize } from './connection.ts';

test('memoize calls once for all callers, and again only after a rejection', async () => {
	const outcomes = [() => Promise.reject(new Error('no address')), () => Promise.resolve('an address')];
	let calls = 0;
	const resolveAddress = memoize<string>(async () => {
		calls += 1;
		return await (outcomes.shift()?.() ?? Promise.reject(new Error('called too often')));
	});
	const both = await Promise.allSettled([resolveAddress(), resolveAddress()]);
	expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	expect(calls).toBe(1);
	expect(await resolveAddress()).toBe('an address');
	expect(await resolveAddress()).toBe('an address');
	expect(calls).toBe(2);
});
