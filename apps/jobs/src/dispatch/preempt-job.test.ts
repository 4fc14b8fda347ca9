import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { claimJob } from '../attempts/claim.sql.ts';
import { recordHeartbeat } from '../attempts/heartbeat.sql.ts';
import { returnAttempt } from '../attempts/return.sql.ts';
import { cancelOwnJob } from '../cancel/cancel-job.sql.ts';
import type { Database } from '../database.sql.ts';
import { lockJob } from '../lifecycle/job.sql.ts';
import { startDatabase } from '../testing/database.ts';
import { waitingRow } from '../testing/queue.ts';
import { startWorld } from '../testing/world.ts';
import { dispatchPreemptingJob } from './preempt-job.sql.ts';

const TOOL = 'ocr';
const OTHER_TOOL = 'compress_heavy';
const PRO = PLANS.pro.priority;

const INPUT = {
	plans: PLANS,
	unverifiedActiveJobs: 0,
	tools: [TOOL, OTHER_TOOL],
	starvationTimeoutMs: 600_000,
	workerLifetimeMs: 60_000,
	leaseMs: 60_000,
};

/** Without the service, whose task would preempt jobs, too. */
let database: Awaited<ReturnType<typeof startDatabase>>;
let prisma: Database;

beforeAll(async () => {
	database = await startDatabase();
	prisma = database.prisma;
});

afterEach(() => deleteRows());

afterAll(() => database?.stop());

async function deleteRows(): Promise<void> {
	await prisma.job.deleteMany();
	await prisma.worker.deleteMany();
	await prisma.lastRun.deleteMany();
	await prisma.outbox.deleteMany();
}

const minutesAgo = (minutes: number) => new Date(Date.now() - 60_000 * minutes);
const row = (id: string) => prisma.job.findUniqueOrThrow({ where: { id } });
const dispatch = () => dispatchPreemptingJob(prisma, INPUT);
const claim = (jobId: string, workerId = 'a', storing: string[] = []) =>
	claimJob(prisma, { ...INPUT, jobId, workerId, storing });

/**
 * Dispatches a job that may preempt another one, which the worker `a` claims. Returns null if there is none, or if the claim preempts no
 * job.
 */
async function preempt() {
	const dispatchedId = await dispatch();
	const claimed = dispatchedId ? await claim(dispatchedId) : undefined;
	if (claimed?.answer !== 'granted' || !claimed.preempted) return null;
	return { preemptedId: claimed.preempted.job_id, dispatchedId };
}

interface Heartbeat {
	slots?: number;
	backgroundSlots: number;
	tool?: string;
}

async function heartbeat(workerId: string, { slots = 9, backgroundSlots, tool = TOOL }: Heartbeat) {
	const report = {
		slots: { [tool]: slots },
		background_slots: backgroundSlots,
		capabilities: {},
		running: [],
	};
	await recordHeartbeat(prisma, { workerId, heartbeat: report, leaseMs: INPUT.leaseMs });
}

interface RunningJob {
	userId?: string;
	minutes: number;
	priority?: number;
	preemptedMs?: number;
	tool?: string;
	expectedSeconds?: number;
}

/** Adds background jobs that run on a worker, which has no more background slots than these. Returns their ids. */
async function runOn(workerId: string, ...jobs: RunningJob[]): Promise<string[]> {
	const data = jobs.map(({ userId = newId('usr'), minutes, tool = TOOL, ...others }) => ({
		...waitingRow({ userId, tool }),
		status: 'running' as const,
		attempt: 1,
		background: true,
		workerId,
		...others,
		startedAt: minutesAgo(minutes),
		dispatchedAt: minutesAgo(minutes),
		attemptStartedAt: minutesAgo(minutes),
		leaseExpiresAt: new Date(Date.now() + 600_000),
	}));
	await prisma.job.createMany({ data });
	await heartbeat(workerId, { slots: 2 + jobs.length, backgroundSlots: jobs.length });
	return data.map(({ id }) => id);
}

const run = (...jobs: RunningJob[]) => runOn('a', ...jobs);

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
	await prisma.job.createMany({ data });
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
		const [waiting = ''] = await wait({ minutes: 2 });
		expect(await preempt()).toEqual({ preemptedId: newest, dispatchedId: waiting });
		expect(await row(newest)).toMatchObject({
			status: 'running',
			workerId: null,
			leaseExpiresAt: null,
			deferredAt: expect.any(Date),
			returnedAttempts: 1,
			lostAttempts: 0,
		});
		const { userId, ...started } = await row(waiting);
		expect(started).toMatchObject({ deferredAt: null, workerId: 'a', attempt: 2 });
		const [request] = await prisma.outbox.findMany();
		expect(request?.payload).toMatchObject({ data: { job_id: waiting, user_id: userId } });
		expect(await preempt()).toBeNull();
	});

	test('takes the slot of the job that has run longest, after 5 minutes, when each user has one', async () => {
		const [young = '', old = ''] = await run({ minutes: 3 }, { minutes: 4.9 });
		const [waiting] = await wait({ minutes: 4 });
		expect(await preempt()).toBeNull();
		await prisma.job.updateMany({ where: { id: old }, data: { attemptStartedAt: minutesAgo(5.1) } });
		expect(await preempt()).toEqual({ preemptedId: old, dispatchedId: waiting });
		expect(await row(young)).toMatchObject({ workerId: 'a' });
	});

	test('preempts only jobs that have run for longer than it is expected to take itself', async () => {
		const [job = ''] = await run({ minutes: 9 });
		await wait({ minutes: 30, expectedSeconds: 600 });
		expect(await preempt()).toBeNull();
		await prisma.job.update({ where: { id: job }, data: { attemptStartedAt: minutesAgo(11) } });
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
		await prisma.job.update({ where: { id: waiting }, data: { createdAt: minutesAgo(11) } });
		expect(await preempt()).toMatchObject({ dispatchedId: waiting });
	});

	test('preempts no job while its user has an active background job, a slot is free, or the worker lacks its tool', async () => {
		const user = newId('usr');
		await run({ userId: user, minutes: 30 }, { minutes: 30 });
		await wait({ userId: user, minutes: 30 });
		expect(await preempt()).toBeNull();
		await wait({ minutes: 30 });
		await heartbeat('a', { backgroundSlots: 3 });
		expect(await preempt()).toBeNull();
		await runOn('b', { minutes: 1 });
		await heartbeat('a', { backgroundSlots: 2, tool: OTHER_TOOL });
		expect(await preempt()).toBeNull();
		await heartbeat('a', { backgroundSlots: 2 });
		expect(await preempt()).not.toBeNull();
	});

	test('preempts a job while the tool has a backlog of short ones', async () => {
		const [running] = await run({ minutes: 30 });
		await heartbeat('a', { slots: 2, backgroundSlots: 1 });
		const short = Array.from({ length: 9 }, () => waitingRow({ userId: newId('usr'), tool: TOOL }));
		const dispatched = short.slice(0, 2).map((job) => ({ ...job, dispatchedAt: new Date() }));
		await prisma.job.createMany({ data: [...dispatched, ...short.slice(2)] });
		const [waiting] = await wait({ minutes: 2 });
		expect(await preempt()).toEqual({ preemptedId: running, dispatchedId: waiting });
	});

	test('preempts no job that is finishing, or that stores its output', async () => {
		const [job = ''] = await run({ minutes: 30 });
		const [waiting = ''] = await wait({ minutes: 30 });
		await prisma.job.update({ where: { id: job }, data: { finishing: true } });
		expect(await dispatch()).toBeNull();
		await prisma.job.update({ where: { id: job }, data: { finishing: false } });
		expect(await dispatch()).toBe(waiting);
		await prisma.job.update({ where: { id: job }, data: { finishing: true } });
		expect(await claim(waiting)).toEqual({ answer: 'held' });
		await prisma.job.update({ where: { id: job }, data: { finishing: false } });
		expect(await dispatch()).toBe(waiting);
		expect(await claim(waiting, 'a', [job])).toEqual({ answer: 'held' });
		expect(await row(job)).toMatchObject({ workerId: 'a', returnedAttempts: 0, preemptedMs: 0 });
		expect(await preempt()).toEqual({ preemptedId: job, dispatchedId: waiting });
	});

	test('preempts no job that another transaction is changing, and keeps its place', async () => {
		const [running = ''] = await run({ minutes: 30 });
		const [waiting = ''] = await wait({ minutes: 2 });
		await dispatch();
		await prisma.$transaction(async (tx) => {
			await lockJob(tx, running);
			expect(await claim(waiting)).toEqual({ answer: 'held' });
		});
		expect(await preempt()).toEqual({ preemptedId: running, dispatchedId: waiting });
	});

	test('is dispatched alone, until a worker has claimed it', async () => {
		const user = newId('usr');
		await run({ userId: user, minutes: 30 }, { userId: user, minutes: 30 }, { userId: user, minutes: 30 });
		const [first = '', second] = await wait({ minutes: 9 }, { minutes: 2 });
		expect(await dispatch()).toBe(first);
		expect(await dispatch()).toBeNull();
		expect(await claim(first)).toMatchObject({ answer: 'granted' });
		expect(await dispatch()).toBe(second);
	});
});

test('a job that has waited for less than a minute preempts none', async () => {
	const user = newId('usr');
	await run({ userId: user, minutes: 30 }, { userId: user, minutes: 30 });
	await wait({ minutes: 0.8 });
	expect(await preempt()).toBeNull();
});

describe('with several workers, a job that may preempt another one', () => {
	test('preempts none of a worker with none that gives way, and keeps its place until another worker claims it', async () => {
		const greedy = newId('usr');
		const [, newest] = await run({ userId: greedy, minutes: 9 }, { userId: greedy, minutes: 2 });
		const [modest = ''] = await runOn('b', { minutes: 30 });
		const [waiting = ''] = await wait({ minutes: 9 }, { minutes: 8 });
		expect(await dispatch()).toBe(waiting);
		expect(await claim(waiting, 'b')).toEqual({ answer: 'held' });
		expect(await prisma.job.count({ where: { returnedAttempts: { gt: 0 } } })).toBe(0);
		expect(await row(waiting)).toMatchObject({ attempt: 1, deferredAt: expect.any(Date) });
		expect(await preempt()).toEqual({ preemptedId: newest, dispatchedId: waiting });
		expect(await row(modest)).toMatchObject({ workerId: 'b' });
	});

	test('preempts a job of the worker that claims it', async () => {
		await run({ minutes: 50 });
		const [job] = await runOn('b', { minutes: 30 });
		const [waiting = ''] = await wait({ minutes: 9 });
		await dispatch();
		expect(await claim(waiting, 'b')).toMatchObject({
			answer: 'granted',
			attempt: 2,
			preempted: { job_id: job, attempt: 1 },
		});
	});

	test('preempts none once a worker has a free slot, and is granted to that worker only', async () => {
		await run({ minutes: 50 });
		await runOn('b', { minutes: 30 });
		const [waiting = ''] = await wait({ minutes: 9 });
		await dispatch();
		await heartbeat('b', { backgroundSlots: 2 });
		expect(await claim(waiting, 'a')).toEqual({ answer: 'held' });
		await prisma.job.update({ where: { id: waiting }, data: { deferredAt: null } });
		const claimed = await claim(waiting, 'b');
		expect(claimed).toMatchObject({ answer: 'granted', background: true });
		expect(claimed).not.toHaveProperty('preempted');
	});

	test('preempts one job even if two workers claim such jobs at the same time', async () => {
		const greedy = newId('usr');
		await run({ userId: greedy, minutes: 30 });
		await runOn('b', { userId: greedy, minutes: 30 });
		await wait({ minutes: 9, expectedSeconds: 3_600 }, { minutes: 9, expectedSeconds: 3_600 });
		const waiting = await prisma.job.findMany({ where: { deferredAt: { not: null } } });
		await prisma.job.updateMany({ where: { deferredAt: { not: null } }, data: { deferredAt: null } });
		const [one, other] = waiting.map(({ id }) => id);
		const claims = await Promise.all([claim(one ?? '', 'a'), claim(other ?? '', 'b')]);
		expect(claims.map(({ answer }) => answer).toSorted()).toEqual(['granted', 'held']);
	});
});

describe('a preempted job', () => {
	test('is protected for twice the time that it has lost', async () => {
		const [job = ''] = await run({ minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		const { preemptedMs } = await row(job);
		expect(Math.round(preemptedMs / 60_000)).toBe(6);
		await deleteRows();
		const [again = ''] = await run({ minutes: 11, preemptedMs });
		await wait({ minutes: 2 });
		expect(await preempt()).toBeNull();
		await prisma.job.updateMany({ where: { id: again }, data: { attemptStartedAt: minutesAgo(13) } });
		expect(await preempt()).toMatchObject({ preemptedId: again });
	});

	test('counts as one that takes as long, even if a worker that returns it expects less', async () => {
		const [job = ''] = await run({ minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		await heartbeat('b', { backgroundSlots: 1 });
		expect(await claim(job, 'b')).toMatchObject({ answer: 'granted', attempt: 2 });
		await returnAttempt(prisma, { jobId: job, attempt: 2, background: true, expectedSeconds: 20 });
		await prisma.worker.deleteMany({ where: { id: 'b' } });
		await prisma.lastRun.deleteMany();
		await prisma.job.updateMany({ where: { workerId: 'a' }, data: { attemptStartedAt: minutesAgo(11) } });
		await prisma.job.update({ where: { id: job }, data: { createdAt: minutesAgo(30) } });
		expect(await preempt()).toBeNull();
		await prisma.job.updateMany({ where: { workerId: 'a' }, data: { attemptStartedAt: minutesAgo(13) } });
		const [short] = await wait({ minutes: 2 });
		expect(await preempt()).toMatchObject({ dispatchedId: short });
	});

	test('waits again for a minute before it preempts another one', async () => {
		const [user, other] = [newId('usr'), newId('usr')];
		await run({ userId: user, minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		await prisma.job.deleteMany({ where: { deferredAt: null } });
		await run({ userId: other, minutes: 60 }, { userId: other, minutes: 60 });
		expect(await preempt()).toBeNull();
		await prisma.lastRun.updateMany({ data: { endedAt: minutesAgo(2) } });
		await prisma.job.updateMany({ where: { userId: user }, data: { createdAt: minutesAgo(9) } });
		expect(await preempt()).not.toBeNull();
	});

	test('counts toward the compute quota when it is canceled', async () => {
		const userId = newId('usr');
		const [job = ''] = await run({ userId, minutes: 6 });
		await wait({ minutes: 2 });
		await preempt();
		await cancelOwnJob(prisma, { jobId: job, userId, requestId: newId('req') });
		expect(await row(job)).toMatchObject({ status: 'canceled' });
		const usage = await prisma.computeUsage.findFirstOrThrow({ where: { userId } });
		expect(Math.round(Number(usage.milliseconds) / 60_000)).toBe(6);
	});
});

describe('a new job of a user whose job was preempted', () => {
	async function preemptJobOf(userId: string, expectedSeconds: number) {
		await run({ userId, minutes: 6, expectedSeconds });
		await wait({ minutes: 2 });
		expect(await preempt()).not.toBeNull();
		await deleteRows();
		await run({ minutes: 20 });
		const waiting = { userId, minutes: 3, expectedSeconds: 24 };
		const [next, other] = await wait(waiting, { minutes: 2, expectedSeconds: 300 });
		return { next, other };
	}

	test('counts as one that takes as long, if the preempted job took longer than expected', async () => {
		const { other } = await preemptJobOf(newId('usr'), 24);
		expect(await preempt()).toMatchObject({ dispatchedId: other });
	});

	test('counts as one that takes as long as expected, if the preempted job did, too', async () => {
		const { next } = await preemptJobOf(newId('usr'), 1_800);
		expect(await preempt()).toMatchObject({ dispatchedId: next });
	});
});

test('a job that was returned for lack of a background slot costs the time of that attempt when it is canceled', async () => {
	const userId = newId('usr');
	const [job = ''] = await run({ userId, minutes: 0.5 });
	await returnAttempt(prisma, { jobId: job, attempt: 1, background: true });
	await cancelOwnJob(prisma, { jobId: job, userId, requestId: newId('req') });
	const usage = await prisma.computeUsage.findFirstOrThrow({ where: { userId } });
	expect(Math.round(Number(usage.milliseconds) / 1_000)).toBe(30);
});

test('concurrent calls preempt one job for one waiting job', async () => {
	const user = newId('usr');
	await run(...Array.from({ length: 4 }, () => ({ userId: user, minutes: 6 })));
	await wait({ minutes: 2 });
	const results = await Promise.all(Array.from({ length: 10 }, preempt));
	expect(results.filter((result) => result !== null)).toHaveLength(1);
});

test('the service requests a worker for a job that may preempt another one, and the worker’s next heartbeat names the preempted job', async () => {
	const world = await startWorld();
	prisma = world.prisma;
	try {
		const user = newId('usr');
		const [first = '', second = ''] = await run({ userId: user, minutes: 3 }, { userId: user, minutes: 2 });
		const [waiting = ''] = await wait({ minutes: 2 });
		await waitFor(() => expect(world.bus.requested).toEqual([waiting]));
		const worker = world.worker('a');
		expect(await worker.claim(waiting)).toMatchObject({
			answer: 'granted',
			background: true,
			preempted: { job_id: second, attempt: 1 },
		});
		const leased = [first, second].map((job_id) => ({ job_id, attempt: 1, background: true }));
		expect((await worker.heartbeat({ [TOOL]: 4 }, leased, 2)).stop).toEqual([second]);
	} finally {
		await world.stop();
		prisma = database.prisma;
	}
});
