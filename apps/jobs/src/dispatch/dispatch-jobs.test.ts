import { setTimeout as sleep } from 'node:timers/promises';
import { jobRequested, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { DEAD_LETTER_EXCHANGE, QUEUES } from '@creatorr/messaging/topology';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failed, withChannel } from '../testing/bus.ts';
import { countActiveJobs, emptyQueues, fillQueue, waitingRow } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { dispatchWaitingJobs } from './dispatch-jobs.sql.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
});

afterEach(() => emptyQueues(world));

afterAll(async () => {
	await world?.stop();
});

const TOOL = 'compress_heavy';

const DISPATCH = {
	plans: PLANS,
	unverifiedActiveJobs: 0,
	starvationTimeoutMs: 300_000,
	margin: 1,
	deferralMs: 0,
	workerLifetimeMs: 60_000,
	unclaimedAfterMs: 60_000,
};

describe('a tool without a worker', () => {
	test('keeps all its jobs queued until a worker starts', async () => {
		const user = world.user();
		for (let count = 0; count < 5; count++) await user.enqueue(TOOL);
		await sleep(500);
		expect(await countActiveJobs(world, { tool: TOOL })).toBe(0);
		await world.worker('a').heartbeat({ [TOOL]: 1 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(2));
	});

	test('does not count its jobs as active jobs of their user', async () => {
		const userId = newId('usr');
		await fillQueue(world, { userId, count: 10, tool: 'ocr' });
		await world.worker('a').heartbeat({ [TOOL]: 2 });
		const others = await fillQueue(world, { userId, count: 3 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(3));
		expect(world.bus.requested.toSorted()).toEqual(others.toSorted());
	});
});

describe('workers', () => {
	test('get as many jobs as they have slots, and one more', async () => {
		await fillQueue(world, ...Array.from({ length: 10 }, () => ({ userId: newId('usr'), count: 2 })));
		await world.worker('a').heartbeat({ [TOOL]: 3 });
		await world.worker('b', 1).heartbeat({ [TOOL]: 2, ocr: 9 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(6));
		await sleep(500);
		expect(await countActiveJobs(world, { tool: TOOL })).toBe(6);
	});

	test('do not count once their last heartbeat is older than a lease', async () => {
		await world.prisma.worker.create({
			data: { id: 'old', slots: { [TOOL]: 50 }, seenAt: new Date(Date.now() - 61_000) },
		});
		await fillQueue(world, { userId: newId('usr'), count: 20 });
		await sleep(2_500);
		expect(await countActiveJobs(world, { tool: TOOL })).toBe(0);
	});

	test('get the next job when one is canceled or fails', async () => {
		const user = world.user();
		const ids: string[] = [];
		for (let count = 0; count < 4; count++) ids.push(await user.enqueue(TOOL));
		const worker = world.worker('a');
		await worker.heartbeat({ [TOOL]: 1 });
		await waitFor(() => expect(world.bus.requested.toSorted()).toEqual(ids.slice(0, 2)));
		await user.cancel(ids[0] ?? '');
		await waitFor(() => expect(world.bus.requested).toHaveLength(3));
		await world.bus.finish(ids[1] ?? '', await worker.take(ids[1] ?? ''), failed);
		await waitFor(() => expect(world.bus.requested).toHaveLength(4));
		expect(world.bus.requested.slice(2)).toEqual(ids.slice(2));
	});

	test('get no job twice and none too many when many processes dispatch at once', async () => {
		await world.prisma.worker.create({ data: { id: 'a', slots: { ocr: 4 }, seenAt: new Date() } });
		const data = Array.from({ length: 50 }, () => waitingRow({ userId: newId('usr'), tool: 'ocr' }));
		await world.prisma.job.createMany({ data });
		const input = { ...DISPATCH, tools: ['ocr'] };
		await Promise.all(Array.from({ length: 40 }, () => dispatchWaitingJobs(world.prisma, input)));
		const dispatched = await world.prisma.job.findMany({
			where: { tool: 'ocr', dispatchedAt: { not: null } },
		});
		expect(dispatched).toHaveLength(5);
		await waitFor(() => expect(world.bus.requested.length).toBeGreaterThanOrEqual(5));
		await sleep(300);
		expect([...world.bus.requested].sort()).toEqual(dispatched.map((job) => job.id).sort());
	});

	test('never get more jobs than slots and the margin, however busy two replicas are', async () => {
		await world.worker('a').heartbeat({ [TOOL]: 4 });
		const users = [world.user(0), world.user(1), world.user(0), world.user(1)];
		const counts: number[] = [];
		let watching = true;
		const watched = (async () => {
			while (watching) counts.push(await countActiveJobs(world, { tool: TOOL }));
		})();
		await Promise.all(
			users.flatMap((user) => Array.from({ length: 25 }, async () => user.cancel(await user.enqueue(TOOL)))),
		);
		await Promise.all(users.flatMap((user) => Array.from({ length: 25 }, () => user.enqueue(TOOL))));
		await waitFor(async () => expect(await countActiveJobs(world, { tool: TOOL })).toBe(5));
		watching = false;
		await watched;
		expect(Math.max(...counts)).toBeLessThanOrEqual(5);
	});
});

test('dispatches the one job of another user among the first of 10,000', async () => {
	await fillQueue(world, ...Array.from({ length: 20 }, () => ({ userId: newId('usr'), count: 500 })));
	const single = await world.user().enqueue(TOOL);
	await world.worker('big').heartbeat({ [TOOL]: 20 });
	await waitFor(() => expect(world.bus.requested.length).toBe(21));
	expect(world.bus.requested).toContain(single);
	expect(await countActiveJobs(world, { tool: TOOL })).toBe(21);
});

describe('a request that was lost', () => {
	test('is sent again when a worker is free, and names the user again', async () => {
		const user = world.user();
		await world.worker('a').heartbeat({ [TOOL]: 1 });
		const jobId = await user.enqueue(TOOL);
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
		await world.prisma.job.update({
			where: { id: jobId },
			data: { dispatchedAt: new Date(Date.now() - 61_000) },
		});
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		await sleep(2_500);
		expect(world.bus.timesRequested(jobId)).toBe(2);
		expect(world.bus.usersOfRequests.slice(-2)).toEqual([user.id, user.id]);
	});

	test('is not sent again while all workers are busy', async () => {
		const user = world.user();
		const [running, waiting] = [await user.enqueue(TOOL), await user.enqueue(TOOL)];
		const worker = world.worker('a');
		await worker.heartbeat({ [TOOL]: 1 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(2));
		await worker.take(running);
		await world.prisma.job.update({
			where: { id: waiting },
			data: { dispatchedAt: new Date(Date.now() - 61_000) },
		});
		await sleep(2_500);
		expect(world.bus.timesRequested(waiting)).toBe(1);
	});
});

describe('a job whose tool has left the catalog', () => {
	const LONG_AGO = new Date(Date.now() - 2 * 60 * 60_000);
	const running = {
		status: 'running' as const,
		attempt: 1,
		startedAt: LONG_AGO,
		dispatchedAt: LONG_AGO,
	};

	async function jobOf(userId: string, change: object): Promise<string> {
		const row = waitingRow({ userId, tool: 'gone' });
		await world.prisma.job.create({ data: { ...row, createdAt: LONG_AGO, ...change } });
		return row.id;
	}

	test('fails with a message, whether it waits or has lost its worker', async () => {
		const user = world.user();
		const ids = [await jobOf(user.id, {}), await jobOf(user.id, running)];
		const replica = await world.startReplica();
		for (const id of ids) {
			await waitFor(async () => {
				const job = await user.job(id);
				expect([job.status, job.error_code]).toEqual(['failed', 'tool_failed']);
				expect(job.error_message).toContain('no longer available');
				expect(world.files.discarded.has(id)).toBe(true);
			});
		}
		await replica.stop();
	});

	test('is kept while a worker runs it or has its tool, or during a rolling update', async () => {
		const user = world.user();
		const leased = await jobOf(user.id, {
			...running,
			workerId: 'old',
			leaseExpiresAt: new Date(Date.now() + 600_000),
		});
		const young = await jobOf(user.id, { createdAt: new Date() });
		const offered = await jobOf(user.id, { tool: 'leaving' });
		const ended = await jobOf(user.id, {});
		await world.worker('old').heartbeat({ leaving: 1 });
		const replica = await world.startReplica();
		await waitFor(async () => expect((await user.job(ended)).status).toBe('failed'));
		for (const id of [young, offered]) expect((await user.job(id)).status).toBe('queued');
		expect((await user.job(leased)).status).toBe('running');
		await replica.stop();
	});
});

/** Publishes a text to the queue of dead-lettered job requests. */
async function deadLetter(content: string): Promise<void> {
	await withChannel(world.host.url, async (channel) => {
		channel.publish(DEAD_LETTER_EXCHANGE, 'job.requested.compress_heavy', Buffer.from(content), {
			persistent: true,
		});
		await channel.waitForConfirms();
	});
}

const requestFor = (jobId: string) =>
	JSON.stringify(newEvent(jobRequested, { job_id: jobId, tool: TOOL }, newId('req')));

function countDeadLettered(): Promise<number> {
	return withChannel(
		world.host.url,
		async (channel) => (await channel.checkQueue(QUEUES.deadLetters)).messageCount,
	);
}

test('fails a job that no worker could handle, and keeps its message for operators', async () => {
	await world.worker('one').heartbeat({ [TOOL]: 100 });
	const user = world.user();
	const jobId = await user.enqueue();
	const before = await countDeadLettered();
	await deadLetter(requestFor(jobId));
	await waitFor(async () => expect((await user.job(jobId)).status).toBe('failed'));
	expect(await user.job(jobId)).toMatchObject({ error_code: 'internal', error_message: expect.any(String) });
	await waitFor(async () => expect(await countDeadLettered()).toBe(before + 1));
	await waitFor(() => expect(world.files.discarded.has(jobId)).toBe(true));
});

test('leaves a job running that a worker claimed', async () => {
	const worker = world.worker('one');
	await worker.heartbeat({ [TOOL]: 100 });
	const user = world.user();
	const running = await user.enqueue();
	await worker.take(running);
	await deadLetter(requestFor(running));
	const other = await user.enqueue();
	await deadLetter(requestFor(other));
	await waitFor(async () => expect((await user.job(other)).status).toBe('failed'));
	expect((await user.job(running)).status).toBe('running');
});

test('keeps one copy of a message that is not a job request, and reads it once', async () => {
	const before = await countDeadLettered();
	await deadLetter('{"type":"nonsense"}');
	await waitFor(async () => expect(await countDeadLettered()).toBe(before + 1));
	await sleep(500);
	expect(await countDeadLettered()).toBe(before + 1);
	await withChannel(world.host.url, async (channel) => {
		expect((await channel.checkQueue(QUEUES.jobsDeadLetters)).messageCount).toBe(0);
	});
});

/** Returns the scraped value of a tool, or undefined if there is none. */
async function scraped(name: string, tool: string): Promise<number | undefined> {
	const text = await (await fetch(`${world.url}/metrics`)).text();
	const start = `creatorr_jobs_${name}{tool="${tool}"} `;
	const line = text.split('\n').find((candidate) => candidate.startsWith(start));
	return line === undefined ? undefined : Number(line.slice(start.length));
}

test('shows a backlog of 0 for a tool without jobs', async () => {
	for (const name of ['queued', 'running', 'unfinished', 'oldest_queued_seconds']) {
		expect(await scraped(name, 'ocr')).toBe(0);
	}
});

test('counts queued jobs by tool, even without a live worker', async () => {
	await fillQueue(world, { userId: newId('usr'), count: 3, tool: 'ocr' });
	await fillQueue(world, { userId: newId('usr'), count: 2, tool: 'compress_heavy' });
	expect(await scraped('queued', 'ocr')).toBe(3);
	expect(await scraped('queued', 'compress_heavy')).toBe(2);
	expect(await scraped('running', 'ocr')).toBe(0);
	expect(await (await fetch(`${world.url}/metrics`)).text()).toMatch(/^creatorr_jobs_backlog 5$/m);
});

test('counts a job that a worker runs as running and unfinished', async () => {
	const user = world.user();
	const id = await user.enqueue('ocr');
	await user.enqueue('ocr');
	await world.worker('a').take(id);
	expect(await scraped('queued', 'ocr')).toBe(1);
	expect(await scraped('running', 'ocr')).toBe(1);
	expect(await scraped('unfinished', 'ocr')).toBe(2);
});

test('does not count ended jobs', async () => {
	const user = world.user();
	const id = await user.enqueue('ocr');
	await user.call('POST', `/v1/jobs/${id}/cancel`);
	expect(await scraped('unfinished', 'ocr')).toBe(0);
});

test('shows the age of the oldest queued job', async () => {
	const anHourAgo = new Date(Date.now() - 3_600_000);
	await fillQueue(
		world,
		{ userId: newId('usr'), count: 1, tool: 'ocr', createdAt: anHourAgo },
		{ userId: newId('usr'), count: 1, tool: 'ocr' },
	);
	const seconds = (await scraped('oldest_queued_seconds', 'ocr')) ?? 0;
	expect(seconds).toBeGreaterThanOrEqual(3_599);
	expect(seconds).toBeLessThan(3_900);
});
