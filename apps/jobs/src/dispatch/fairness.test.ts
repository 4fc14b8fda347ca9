import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failed } from '../testing/bus.ts';
import { countActiveJobs, emptyQueues, fillQueue, runSome, waitingRow } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { dispatchWaitingJobs } from './dispatch-jobs.sql.ts';

const TOOL = 'compress_heavy';
const MINUTE_MS = 60_000;
const FREE = PLANS.free.priority;
const PRO = PLANS.pro.priority;

let world: World;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
});

afterEach(() => emptyQueues(world));

afterAll(async () => {
	await world?.stop();
});

/** Takes both places, the slot of the worker and the one of the margin, so that the jobs after these are dispatched one at a time. */
async function occupy(): Promise<void> {
	await world.worker('runner').heartbeat({ [TOOL]: 1 });
	await fillQueue(world, { userId: newId('usr'), count: 2 });
	await waitFor(() => expect(world.bus.requested).toHaveLength(2));
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);

describe('users of one plan', () => {
	test('with one job wait for one job of a user who queued 500, not for all of them', async () => {
		await world.worker('runner').heartbeat({ [TOOL]: 1 });
		await fillQueue(world, { userId: newId('usr'), count: 500 });
		const ran = await runSome(world, { count: 3, queued: 500 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(5));
		const single = await world.user().enqueue(TOOL);
		await runSome(world, { count: 6, queued: 501, ran });
		// The fourth was with the worker when the job came, and the fifth waited at the broker.
		expect(ran.indexOf(single)).toBe(5);
	});

	test('with one job wait for one job of each of two users who queued many', async () => {
		await world.worker('runner').heartbeat({ [TOOL]: 1 });
		await fillQueue(world, { userId: newId('usr'), count: 20 }, { userId: newId('usr'), count: 20 });
		const ran = await runSome(world, { count: 3, queued: 40 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(5));
		const single = await world.user().enqueue(TOOL);
		await runSome(world, { count: 6, queued: 41, ran });
		expect(ran.indexOf(single)).toBe(5);
	});

	test('take turns, each with their own oldest job first', async () => {
		await world.worker('runner').heartbeat({ [TOOL]: 1 });
		const groups = [newId('usr'), newId('usr'), newId('usr')].map((userId) => ({ userId, count: 3 }));
		const ids = await fillQueue(world, ...groups);
		const ran = await runSome(world, { count: 9, queued: 9 });
		for (const first of [0, 3, 6]) {
			const own = ids.slice(first, first + 3);
			expect(ran.filter((id) => own.includes(id))).toEqual(own);
			expect(new Set(ran.slice(first, first + 3).map((id) => Math.floor(ids.indexOf(id) / 3))).size).toBe(3);
		}
	});

	test('gain nothing by deleting ended jobs', async () => {
		await world.worker('runner').heartbeat({ [TOOL]: 1 });
		const [remover, other] = [world.user(), newId('usr')];
		await fillQueue(world, { userId: remover.id, count: 10 }, { userId: other, count: 10 });
		const ran: string[] = [];
		for (let count = 1; count <= 8; count++) {
			await runSome(world, { count, queued: 20, ran });
			await remover.remove(ran.at(-1) ?? '');
		}
		const left = await world.prisma.job.count({ where: { userId: other, status: 'queued' } });
		expect(left).toBeLessThanOrEqual(6);
	});
});

describe('a user of the plan with the higher priority', () => {
	test('goes first with all jobs', async () => {
		await occupy();
		const free = await fillQueue(world, { userId: newId('usr'), count: 5, priority: FREE });
		const pro = await fillQueue(world, { userId: newId('usr'), count: 3, priority: PRO });
		const ran = await runSome(world, { count: 10, queued: 10 });
		expect(ran.slice(2)).toEqual([...pro, ...free]);
	});

	test('goes first after one job of a user who has waited longer than the starvation timeout', async () => {
		await occupy();
		const waiter = { userId: newId('usr'), count: 3, priority: FREE, createdAt: minutesAgo(11) };
		const patient = { userId: newId('usr'), count: 2, priority: FREE, createdAt: minutesAgo(9) };
		const [late, soon, pro] = [
			await fillQueue(world, waiter),
			await fillQueue(world, patient),
			await fillQueue(world, { userId: newId('usr'), count: 5, priority: PRO }),
		];
		const ran = await runSome(world, { count: 12, queued: 12 });
		expect(ran.slice(2, 8)).toEqual([late[0], ...pro]);
		expect(ran.slice(8)).toEqual(expect.arrayContaining([...late.slice(1), ...soon]));
	});
});

describe('the jobs of one user', () => {
	const CAP = PLANS.free.maxActiveJobs;
	const slots = { [TOOL]: 20, ocr: 20 };

	test('are never active beyond the plan, over two tools and two busy replicas, and all run', async () => {
		const userId = newId('usr');
		const ids = await fillQueue(world, { userId, count: 15 }, { userId, count: 15, tool: 'ocr' });
		const workers = [world.worker('a'), world.worker('b', 1)];
		await Promise.all(workers.map((worker) => worker.heartbeat(slots)));
		const seen: number[] = [];
		for (let ran = 0; ran < ids.length; ran++) {
			await waitFor(() => expect(world.bus.requested.length).toBeGreaterThan(ran));
			seen.push(await countActiveJobs(world, { userId }));
			const jobId = world.bus.requested[ran] ?? '';
			const attempt = await workers[ran % 2]?.take(jobId);
			await world.bus.finish(jobId, attempt ?? 0, failed);
			seen.push(await countActiveJobs(world, { userId }));
		}
		expect(Math.max(...seen)).toBe(CAP);
		expect(world.bus.requested.toSorted()).toEqual(ids.toSorted());
	});

	test('are never active beyond the plan when many processes dispatch at once', async () => {
		const userId = newId('usr');
		const input = {
			plans: PLANS,
			unverifiedActiveJobs: 0,
			tools: [TOOL, 'ocr'],
			starvationTimeoutMs: 10 * MINUTE_MS,
			margin: 1,
			deferralMs: 0,
			workerLifetimeMs: MINUTE_MS,
			unclaimedAfterMs: MINUTE_MS,
		};
		await world.prisma.worker.create({ data: { id: 'a', slots, seenAt: new Date() } });
		await fillQueue(world, { userId, count: 30 }, { userId, count: 30, tool: 'ocr' });
		await Promise.all(Array.from({ length: 40 }, () => dispatchWaitingJobs(world.prisma, input)));
		expect(await countActiveJobs(world, { userId })).toBe(CAP);
	});

	test('leave the other slots to other users', async () => {
		await fillQueue(world, { userId: newId('usr'), count: 50, priority: PRO });
		const others = await fillQueue(
			world,
			...Array.from({ length: 5 }, () => ({ userId: newId('usr'), count: 1 })),
		);
		await world.worker('a').heartbeat({ [TOOL]: 7 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(CAP + 5));
		expect(world.bus.requested).toEqual(expect.arrayContaining(others));
	});

	test('of a tool with free slots do not wait for jobs of another tool', async () => {
		const userId = newId('usr');
		await world.worker('a').heartbeat({ [TOOL]: 1, ocr: 1 });
		await fillQueue(world, { userId, count: 100 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(2));
		const row = waitingRow({ userId, tool: 'ocr' });
		await world.prisma.job.create({ data: row });
		await waitFor(() => expect(world.bus.requested).toContain(row.id));
		expect(world.bus.requested).toHaveLength(3);
	});
});
