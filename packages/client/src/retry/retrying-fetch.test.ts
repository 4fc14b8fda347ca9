import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createRetryingFetch } from './retrying-fetch.ts';

beforeEach(() => {
	jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
});
afterEach(() => {
	jest.useRealTimers();
});

test('createRetryingFetch waits for a rate limit for 30 s at most, whatever the response asks for', async () => {
	let calls = 0;
	const fetch = createRetryingFetch(async () => {
		calls += 1;
		return new Response(null, { status: 429, headers: { 'retry-after': '9' } });
	}, 2);
	const call = fetch(new Request('http://far.end/', { headers: { authorization: 'Bearer mine' } }));
	await jest.advanceTimersByTimeAsync(30_000);
	expect((await call).status).toBe(429);
	// After 9, 18 and 27 s; the next wait would end after 36 s.
	expect(calls).toBe(4);
});
