import { createClient } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { createJobPoller } from './job-poller.ts';

const { signal } = new AbortController();

/** Polls an API that has `listed` jobs on its first page, `others` behind it, and no more. */
function pollerOf(listed: string[], others: string[]) {
	const requests: string[] = [];
	const answer = (status: number, body: object) => Response.json(body, { status });
	const fetch = async (input: RequestInfo | URL): Promise<Response> => {
		const [, id] = /\/v1\/jobs\/(\w+)$/.exec(new URL((input as Request).url).pathname) ?? [];
		requests.push(id ?? 'list');
		if (id === undefined) return answer(200, { data: listed.map((one) => ({ id: one })), next_cursor: null });
		if (others.includes(id)) return answer(200, { data: { id } });
		return answer(404, {
			error: { code: 'not_found', message: 'No such job.', request_id: 'req_1' },
		});
	};
	const client = createClient({ baseUrl: 'http://creatorr.test', token: 'a-token', fetch });
	return { requests, poller: createJobPoller(client, 1) };
}

test('serves all waiting calls with one request', async () => {
	const { requests, poller } = pollerOf(['a', 'b'], []);
	const jobs = await Promise.all(['a', 'b', 'a'].map((id) => poller.next(id, signal)));
	expect(jobs.map((found) => found?.id)).toEqual(['a', 'b', 'a']);
	expect(requests).toEqual(['list']);
});

test('requests a job that is not on the first page by its id', async () => {
	const { poller } = pollerOf(['a'], ['old']);
	expect((await poller.next('old', signal))?.id).toBe('old');
});

test('returns null for a deleted job', async () => {
	const { poller } = pollerOf([], []);
	expect(await poller.next('gone', signal)).toBeNull();
});

test('stops polling for a call that was aborted', async () => {
	const { requests, poller } = pollerOf([], []);
	const abort = new AbortController();
	const waiting = poller.next('a', abort.signal);
	abort.abort(new Error('enough'));
	await expect(waiting).rejects.toThrow('enough');
	await poller.next('b', signal);
	expect(requests).toEqual(['list', 'b']);
});
