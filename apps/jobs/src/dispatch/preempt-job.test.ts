import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { emptyQueues, waitingRow } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { preemptBackgroundJob } from './preempt-job.sql.ts';

const TOOL = 'ocr';
const PRO = PLANS.pro.priority;

const INPUT = {
	plans: PLANS,
	unverifiedActiveJobs: 0,
	tools: [TOOL, 'compress_heavy'],
	starvationTimeoutMs: 600_000,
	margin: 1,
	deferralMs: 0,
	workerLifetimeMs: 60_000,
	unclaimedAfterMs: 60_000,
};

let world: World;

beforeAll(async () => {
	// Long, so that only the calls of the tests preempt jobs: the task considers a deferred job one heartbeat later.
	world = await startWorld({ overrides: { WORKER_HEARTBEAT_MS: '5000000', WORKER_LEASE_MS: '10000000' } });
});

afterEach(() => emptyQueues(world));

afterAll(async () => {
	await world?.stop();
});

const minutesAgo = (minutes: number) => new Date(Date.now() - 60_000 * minutes);
const preempt = () => preemptBackgroundJob(world.prisma, INPUT);
const row = (id: string) => world.prisma.job.findUniqueOrThrow({ where: { id } });

interface RunningJob {
	userId?: string;
	minutes: number;
	priority?: number;
	preemptedMs?: number;
	tool?: string;
}

/** Adds background jobs that run on the worker `a`, which has no more slots than these. Returns their ids. */
async function run(...jobs: RunningJob[]): Promise<string[]> {
	const worker = world.worker('a');
	const data = jobs.map(({ userId = newId('usr'), minutes, tool = TOOL, ...others }) => ({
		...waitingRow({ userId, tool }),
		status: 'running' as const,
		attempt: 1,
		background: true,
		workerId: worker.id,
		...others,
		startedAt: minutesAgo(minutes),
		dispatchedAt: minutesAgo(minutes),
		attemptStartedAt: minutesAgo(minutes),
		leaseExpiresAt: new Date(Date.now() + 600_000),
	}));
	await world.prisma.job.createMany({ data });
	await worker.heartbeat({ [TOOL]: 2 + jobs.length }, [], jobs.length);
	return data.map(({ id }) => id);
}

interface WaitingJob {
	userId?: string;
	minutes: number;
	expectedSeconds?: number;
	priority?: number;
}

/** Adds jobs that a worker returned because it had no background slot. Returns their ids. */
async function wait(...jobs: WaitingJob[]): Promise<string[]> {
	const data = jobs.map(({ userId = newId('usr'), minutes, ...others }) => ({
		...waitingRow({ userId, tool: TOOL }),
		status: 'running' as const,
		attempt: 1,
		background: true,
		expectedSeconds: 30,
		...others,
		createdAt: minutesAgo(minutes),
		startedAt: minutesAgo(minutes),
		dispatchedAt: minutesAgo(minutes),
		deferredAt: minutesAgo(minutes),
	}));
	await world.prisma.job.createMany({ data });
	return data.map(({ id }) => id);
}

describe('a job that has waited for a background slot for a minute', () => {
	test('takes one from the user who has several, and that user’s newest job waits', async () => {
		const [greedy, modest] = [newId('usr'), newId('usr')];
		const [, newest = ''] = await run(
			{ userId: greedy, minutes: 4 },
			{ userId: greedy, minutes: 1 },
			{ userId: greedy, minutes: 2 },
			{ userId: modest, minutes: 4 },
		);
		const [waiting] = await wait({ minutes: 2 });
		expect(await preempt()).toEqual({ preemptedId: newest, dispatchedId: waiting, workerId: 'a' });
		expect(await row(newest)).toMatchObject({
			status: 'running',
			workerId: null,
			leaseExpiresAt: null,
			deferredAt: expect.any(Date),
			returnedAttempts: 1,
			lostAttempts: 0,
		});
		expect(await row(waiting ?? '')).toMatchObject({ deferredAt: null, leaseExpiresAt: null });
		expect(await preempt()).toBeNull();
	});

	test('is stopped by its worker’s next heartbeat, and the other one is requested and granted to the background', async () => {
		const user = newId('usr');
		const [first = '', second = ''] = await run({ userId: user, minutes: 3 }, { userId: user, minutes: 2 });
		const [waiting = ''] = await wait({ minutes: 2 });
		await preempt();
		const leased = [first, second].map((job_id) => ({ job_id, attempt: 1, background: true }));
		expect((await world.worker('a').heartbeat({ [TOOL]: 4 }, leased, 2)).stop).toEqual([second]);
		expect(await world.worker('a').claim(waiting)).toMatchObject({ answer: 'granted', background: true });
	});

	test('takes the slot of the job that has run longest, after 5 minutes, when each user has one', async () => {
		const [young = '', old = ''] = await run({ minutes: 3 }, { minutes: 4.9 });
		const [waiting] = await wait({ minutes: 4 });
		expect(await preempt()).toBeNull();
		await world.prisma.job.updateMany({ where: { id: old }, data: { attemptStartedAt: minutesAgo(5.1) } });
		expect(await preempt()).toMatchObject({ preemptedId: old, dispatchedId: waiting });
		expect(await row(young)).toMatchObject({ workerId: 'a' });
	});

	test('preempts only jobs that have run for longer than it is expected to take itself', async () => {
		const [job = ''] = await run({ minutes: 9 });
		await wait({ minutes: 30, expectedSeconds: 600 });
		expect(await preempt()).toBeNull();
		await world.prisma.job.update({ where: { id: job }, data: { attemptStartedAt: minutesAgo(11) } });
		expect(await preempt()).toMatchObject({ preemptedId: job });
	});

	test('goes before the longer jobs of many users who have waited for longer than the starvation timeout', async () => {
		await run({ minutes: 40 });
		await wait(...Array.from({ length: 20 }, () => ({ minutes: 40, expectedSeconds: 1_800 })));
		const [short] = await wait({ minutes: 2 });
		expect(await preempt()).toMatchObject({ dispatchedId: short });
	});

	test('goes before a shorter job that came much later', async () => {
		await run({ minutes: 40 });
		const [earlier] = await wait({ minutes: 8, expectedSeconds: 30 }, { minutes: 2, expectedSeconds: 10 });
		expect(await preempt()).toMatchObject({ dispatchedId: earlier });
	});

	test('preempts no job of a plan with a higher priority before the starvation timeout', async () => {
		await run({ minutes: 30, priority: PRO });
		const [waiting = ''] = await wait({ minutes: 9 });
		expect(await preempt()).toBeNull();
		await world.prisma.job.update({ where: { id: waiting }, data: { createdAt: minutesAgo(11) } });
		expect(await preempt()).toMatchObject({ dispatchedId: waiting });
	});

	test('preempts no job while its user has an active background job, a slot is free, the worker lacks its tool, or another worker has it', async () => {
		const user = newId('usr');
		await run({ userId: user, minutes: 30 }, { minutes: 30 });
		await wait({ userId: user, minutes: 30 });
		expect(await preempt()).toBeNull();
		await wait({ minutes: 30 });
		await world.worker('a').heartbeat({ [TOOL]: 9 }, [], 3);
		expect(await preempt()).toBeNull();
		await world.worker('a').heartbeat({ compress_heavy: 9 }, [], 2);
		expect(await preempt()).toBeNull();
		await world.worker('a').heartbeat({ [TOOL]: 9 }, [], 2);
		await world.worker('b').heartbeat({ [TOOL]: 1 }, [], 0);
		expect(await preempt()).toBeNull();
		await world.prisma.worker.deleteMany({ where: { id: 'b' } });
		expect(await preempt()).not.toBeNull();
	});
});

test('a job that has waited for less than a minute preempts none', async () => {
	const user = newId('usr');
	await run({ userId: user, minutes: 30 }, { userId: user, minutes: 30 });
	await wait({ minutes: 0.8 });
	expect(await preempt()).toBeNull();
});

describe('a preempted job', () => {
	test('is protected for twice the time that it has lost, and counts as a long one', async () => {
		const [job = ''] = await run({ minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		const { preemptedMs, expectedSeconds } = await row(job);
		expect(Math.round(preemptedMs / 60_000)).toBe(6);
		expect(Math.round((expectedSeconds ?? 0) / 60)).toBe(12);
		await emptyQueues(world);
		const [again = ''] = await run({ minutes: 11, preemptedMs });
		await wait({ minutes: 2 });
		expect(await preempt()).toBeNull();
		await world.prisma.job.updateMany({ where: { id: again }, data: { attemptStartedAt: minutesAgo(13) } });
		expect(await preempt()).toMatchObject({ preemptedId: again });
	});

	test('waits again for a minute before it preempts another one', async () => {
		const [user, other] = [newId('usr'), newId('usr')];
		await run({ userId: user, minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		await world.prisma.job.deleteMany({ where: { deferredAt: null } });
		await run({ userId: other, minutes: 60 }, { userId: other, minutes: 60 });
		expect(await preempt()).toBeNull();
		await world.prisma.lastRun.updateMany({ data: { endedAt: minutesAgo(2) } });
		await world.prisma.job.updateMany({ where: { userId: user }, data: { createdAt: minutesAgo(9) } });
		expect(await preempt()).not.toBeNull();
	});

	test('counts toward the compute quota when it is canceled', async () => {
		const user = world.user();
		const [job = ''] = await run({ userId: user.id, minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		expect((await user.cancel(job)).body.data.status).toBe('canceled');
		const usage = await world.prisma.computeUsage.findFirstOrThrow({ where: { userId: user.id } });
		expect(Math.round(Number(usage.milliseconds) / 60_000)).toBe(6);
	});
});

test('concurrent calls preempt one job for one waiting job', async () => {
	const user = newId('usr');
	await run(...Array.from({ length: 4 }, () => ({ userId: user, minutes: 6 })));
	await wait({ minutes: 2 });
	const results = await Promise.all(Array.from({ length: 10 }, preempt));
	expect(results.filter((result) => result !== null)).toHaveLength(1);
});
