import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createRetryingFetch } from './retrying-fetch.ts';

beforeEach(() => {
	jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
});
afterEach(() => {
	jest.useRealTimers();
});

/** Sends a signed-in request to a server that always refuses it. */
function send({
	retryAfter = '50',
	status = 429,
	signal,
}: {
	retryAfter?: string;
	status?: number;
	signal?: AbortSignal;
}) {
	const sent = { count: 0 };
	const fetch = createRetryingFetch(
		async () => {
			sent.count += 1;
			return new Response(null, { status, headers: { 'retry-after': retryAfter } });
		},
		{ retries: 2, rateLimitWaitMs: 120_000 },
	);
	const headers = { authorization: 'Bearer mine' };
	return { sent, call: fetch(new Request('http://far.end/', { headers, ...(signal && { signal }) })) };
}

describe('createRetryingFetch', () => {
	test('waits for a rate limit as long as the responses ask, within its limit', async () => {
		const { sent, call } = send({});
		await jest.advanceTimersByTimeAsync(49_000);
		expect(sent.count).toBe(1);
		await jest.advanceTimersByTimeAsync(52_000);
		expect((await call).status).toBe(429);
		// The next wait would end after 150 s.
		expect(sent.count).toBe(3);
	});

	test('returns a rate limit at once whose wait is beyond its limit', async () => {
		const { sent, call } = send({ retryAfter: '3600' });
		expect((await call).status).toBe(429);
		expect(sent.count).toBe(1);
	});

	test('returns a long outage at once', async () => {
		const { sent, call } = send({ status: 503 });
		expect((await call).status).toBe(503);
		expect(sent.count).toBe(1);
	});

	test('ends its wait with the reason of an abort', async () => {
		const controller = new AbortController();
		const { sent, call } = send({ signal: controller.signal });
		const outcome = expect(call).rejects.toThrow('enough');
		await jest.advanceTimersByTimeAsync(1_000);
		controller.abort(new Error('enough'));
		await outcome;
		expect(sent.count).toBe(1);
	});
});
