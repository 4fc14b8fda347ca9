import { createClient } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { createJobPoller } from './job-poller.ts';

const idle = new AbortController().signal;

/** A client whose API lists some jobs on its first page, has others, and no more. */
function apiWith(listed: string[], others: string[]) {
	const asked: string[] = [];
	const answer = (status: number, body: object) => Response.json(body, { status });
	const fetch = async (input: RequestInfo | URL): Promise<Response> => {
		const [, id] = /\/v1\/jobs\/(\w+)$/.exec(new URL((input as Request).url).pathname) ?? [];
		asked.push(id ?? 'list');
		if (id === undefined) return answer(200, { data: listed.map((one) => ({ id: one })), next_cursor: null });
		if (others.includes(id)) return answer(200, { data: { id } });
		return answer(404, {
			error: { code: 'not_found', message: 'there is no such job', request_id: 'req_1' },
		});
	};
	const client = createClient({ baseUrl: 'http://creatorr.test', token: 'a-token', fetch });
	return { asked, poller: createJobPoller(client, 1) };
}

test('one look answers all who wait', async () => {
	const { asked, poller } = apiWith(['a', 'b'], []);
	const jobs = await Promise.all(['a', 'b', 'a'].map((id) => poller.next(id, idle)));
	expect(jobs.map((found) => found?.id)).toEqual(['a', 'b', 'a']);
	expect(asked).toEqual(['list']);
});

test('one that is not on the first page is asked for by itself', async () => {
	const { poller } = apiWith(['a'], ['old']);
	expect((await poller.next('old', idle))?.id).toBe('old');
});

test('one that is gone is told as such', async () => {
	const { poller } = apiWith([], []);
	expect(await poller.next('gone', idle)).toBeNull();
});

test('who no longer waits keeps nobody asking', async () => {
	const { asked, poller } = apiWith([], []);
	const end = new AbortController();
	const waiting = poller.next('a', end.signal);
	end.abort(new Error('enough'));
	await expect(waiting).rejects.toThrow('enough');
	await poller.next('b', idle);
	expect(asked).toEqual(['list', 'b']);
});
