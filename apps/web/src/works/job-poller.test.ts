import { ApiError, type Client, type Job } from '@creatorr/client';
import { expect, test } from '@jest/globals';
import { createJobPoller } from './job-poller.ts';

const idle = new AbortController().signal;
const job = (id: string) => ({ id }) as Job;

function apiWith(listed: string[], others: string[]) {
	const asked: string[] = [];
	const jobs = {
		async list() {
			asked.push('list');
			return { data: listed.map(job), next_cursor: null };
		},
		async get(id: string) {
			asked.push(id);
			if (others.includes(id)) return job(id);
			const given = { code: 'not_found', status: 404, requestId: '', details: [], retryAfterMs: undefined };
			throw new ApiError('there is no such job', given as ConstructorParameters<typeof ApiError>[1]);
		},
	};
	return { asked, poller: createJobPoller({ jobs } as unknown as Client, 1) };
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
