import { setImmediate } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import type { Job } from '@creatorr/contracts/jobs';
import { describe, expect, jest, test } from '@jest/globals';
import { createJobNotifications } from './job-notifications.ts';
import { jobStates, waitForChange } from './job-states.ts';

function makeJob(change: Partial<Job> = {}): Job {
	return {
		id: newId('job'),
		tool: 'ocr',
		status: 'running',
		progress: 0,
		input_file_id: newId('fil'),
		params: {},
		created_at: '2026-01-01T00:00:00.000Z',
		...change,
	};
}

/** A job that tests change by hand. */
function setUp(job: Job | null) {
	const state = { job, reads: 0, watched: 0, onRead: () => {} };
	const notifications = createJobNotifications();
	const source = {
		notifications: {
			watch(jobId: string) {
				const watcher = notifications.watch(jobId);
				state.watched += 1;
				return {
					...watcher,
					end() {
						state.watched -= 1;
						watcher.end();
					},
				};
			},
		},
		async find() {
			const now = state.job && { ...state.job };
			state.reads += 1;
			state.onRead();
			return now;
		},
	};
	const disconnected = new AbortController();
	const input = { jobId: job?.id ?? newId('job'), userId: newId('usr'), signal: disconnected.signal };
	const change = (fields: Partial<Job>) => {
		if (state.job) state.job = { ...state.job, ...fields };
		notifications.notify(input.jobId);
	};
	return { state, source, notifications, disconnected, input, change };
}

describe('the states of a job', () => {
	test('are watched before the first read, so that a change during it is seen', async () => {
		const { state, source, input, change } = setUp(makeJob());
		state.onRead = () => {
			if (state.reads === 1) change({ progress: 10 });
		};
		const seen: number[] = [];
		for await (const job of jobStates(source, input)) {
			seen.push(job.progress);
			if (job.progress === 10) break;
		}
		expect(seen).toEqual([0, 10]);
		expect(state.watched).toBe(0);
	});

	test('are read once for all watchers of a job after a notification', async () => {
		const { state, source, input, change } = setUp(makeJob());
		const watching = [1, 2, 3].map(() => jobStates(source, input));
		await Promise.all(watching.map((states) => states.next()));
		const next = watching.map((states) => states.next());
		change({ progress: 10 });
		for (const { value } of await Promise.all(next)) expect(value).toMatchObject({ progress: 10 });
		expect(state.reads).toBe(3 + 1);
		await Promise.all(watching.map((states) => states.return()));
	});

	test('are not taken from a read that began before the notification', async () => {
		const { state, source, input, change } = setUp(makeJob());
		const slow = Promise.withResolvers<void>();
		const find = async () => {
			const job = await source.find();
			if (job?.progress === 10) await slow.promise;
			return job;
		};
		const [first, second] = [jobStates({ ...source, find }, input), jobStates(source, input)];
		await first.next();
		const firstNext = first.next();
		change({ progress: 10 });
		await setImmediate();
		expect(state.reads).toBe(2);
		await second.next();
		const secondNext = second.next();
		change({ progress: 20 });
		await setImmediate();
		slow.resolve();
		expect((await secondNext).value).toMatchObject({ progress: 20 });
		expect((await firstNext).value).toMatchObject({ progress: 10 });
		await Promise.all([first.return(), second.return()]);
	});

	test('are not yielded again after a notification without a change', async () => {
		const { state, source, input, change } = setUp(makeJob());
		const seen: string[] = [];
		state.onRead = () => {
			if (state.reads === 1) setTimeout(change, 1, {});
			if (state.reads === 2) setTimeout(change, 1, { status: 'failed' });
		};
		for await (const job of jobStates(source, input)) seen.push(job.status);
		expect(seen).toEqual(['running', 'failed']);
		expect(state.reads).toBe(3);
	});

	test('end, and the watcher with them, when the client is disconnected', async () => {
		const { state, source, input, disconnected } = setUp(makeJob());
		state.onRead = () => setTimeout(() => disconnected.abort(), 1);
		for await (const _ of jobStates(source, input)) expect(state.watched).toBe(1);
		expect([state.watched, state.reads]).toEqual([0, 2]);
	});

	test('end when the process stops', async () => {
		const { state, source, input, notifications } = setUp(makeJob());
		state.onRead = () => setTimeout(() => notifications.close(), 1);
		const seen: string[] = [];
		for await (const job of jobStates(source, input)) seen.push(job.status);
		expect([seen, state.watched]).toEqual([['running'], 0]);
	});

	test('are read again when a poll finds that a notification was missed', async () => {
		const { state, source, input, notifications } = setUp(makeJob());
		state.onRead = () => {
			if (state.reads > 1 || !state.job) return;
			state.job = { ...state.job, status: 'canceled' };
			const states = new Map([[input.jobId, state.job]]);
			setTimeout(() => notifications.notifyMissed(notifications.watchedIds(), states), 1);
		};
		const seen: string[] = [];
		for await (const job of jobStates(source, input)) seen.push(job.status);
		expect(seen).toEqual(['running', 'canceled']);
	});

	test('are not read while nothing changes, however long a client waits', async () => {
		jest.useFakeTimers();
		try {
			const { state, source, input, notifications, disconnected } = setUp(makeJob());
			const states = jobStates(source, input);
			await states.next();
			const next = states.next();
			await jest.advanceTimersByTimeAsync(60_000);
			if (state.job) notifications.notifyMissed([input.jobId], new Map([[input.jobId, state.job]]));
			await jest.advanceTimersByTimeAsync(60_000);
			expect(state.reads).toBe(1);
			disconnected.abort();
			await next;
		} finally {
			jest.useRealTimers();
		}
	});

	test('end with not_found when the job is deleted', async () => {
		const { state, source, input, notifications } = setUp(makeJob());
		state.onRead = () => {
			state.job = null;
			setTimeout(() => notifications.notify(input.jobId), 1);
		};
		const reading = (async () => {
			for await (const _ of jobStates(source, input));
		})();
		await expect(reading).rejects.toMatchObject({ code: 'not_found' });
		expect(state.watched).toBe(0);
	});
});

describe('waiting for a change', () => {
	test('ends with the change', async () => {
		const { state, source, input, change } = setUp(makeJob());
		state.onRead = () => setTimeout(change, 1, { progress: 5 });
		expect(await waitForChange(source, input, 60_000)).toMatchObject({ progress: 5 });
	});

	test('ends with the unchanged job after the timeout', async () => {
		const { source, input } = setUp(makeJob({ progress: 3 }));
		expect(await waitForChange(source, input, 20)).toMatchObject({ progress: 3 });
	});

	test('does not wait for a terminal job', async () => {
		const { source, input } = setUp(makeJob({ status: 'succeeded' }));
		expect(await waitForChange(source, input, 60_000)).toMatchObject({ status: 'succeeded' });
	});

	test('throws not_found when there is no such job', async () => {
		const { source, input } = setUp(null);
		await expect(waitForChange(source, input, 60_000)).rejects.toMatchObject({ code: 'not_found' });
	});
});
