import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failed } from '../testing/bus.ts';
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
	test('is sent again when a worker is free', async () => {
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
