import { accountDeleted, accountVerified, newEvent } from '@creatorr/contracts/events';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { loseExpiredAttempts } from '../attempts/lose.sql.ts';
import { chargeCompute } from '../lifecycle/end-job.sql.ts';
import { failed, succeeded } from '../testing/bus.ts';
import { countActiveJobs, emptyQueues, fillQueue } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { failJobsOverQuota } from './fail-jobs-over-quota.sql.ts';

const TOOL = 'compress_heavy';
const LIMIT_SECONDS = 100;

const limits = { ...PLANS, free: { ...PLANS.free, computeSecondsPerDay: LIMIT_SECONDS } };

let world: World;

beforeAll(async () => {
	const overrides = { free: { computeSecondsPerDay: LIMIT_SECONDS } };
	world = await startWorld({ overrides: { PLANS: JSON.stringify(overrides), UNVERIFIED_ACTIVE_JOBS: '1' } });
});

afterEach(() => emptyQueues(world));

afterAll(async () => {
	await world?.stop();
});

type User = ReturnType<World['user']>;

/** Creates a job that a worker started `secondsAgo`. */
async function startJob(user: User, secondsAgo: number): Promise<{ jobId: string; attempt: number }> {
	const jobId = await user.enqueue(TOOL);
	const attempt = await world.worker('a').take(jobId);
	const startedAt = new Date(Date.now() - 1000 * secondsAgo);
	await world.prisma.job.update({ where: { id: jobId }, data: { attemptStartedAt: startedAt } });
	return { jobId, attempt };
}

const running = (seconds: number | undefined, { jobId, attempt }: { jobId: string; attempt: number }) => ({
	job_id: jobId,
	attempt,
	...(seconds !== undefined && { compute_ms: 1000 * seconds }),
});

/** Sends a heartbeat of the job's worker, with the time that the tool has run so far. */
const reportCompute = (seconds: number | undefined, started: { jobId: string; attempt: number }) =>
	world.worker('a').heartbeat({}, [running(seconds, started)]);

async function use(userId: string): Promise<{ compute_seconds: number; max_active_jobs: number }> {
	const headers = { [IDENTITY_HEADER]: world.identities.sign.billing() };
	const response = await fetch(`${world.url}/internal/users/${userId}/job-use`, { headers });
	return ((await response.json()) as { data: Awaited<ReturnType<typeof use>> }).data;
}

const usedSeconds = async (user: User) => (await use(user.id)).compute_seconds;
const untilEnded = (user: User, jobId: string) =>
	waitFor(async () => expect(['queued', 'running']).not.toContain((await user.job(jobId)).status));

/** Charges the user these seconds of compute. */
const charge = (userId: string, seconds: number, now = new Date()) =>
	world.prisma.$transaction((tx) => chargeCompute(tx, { userId, now, ms: 1000 * seconds }));

const verify = (userId: string) =>
	world.bus.publish(newEvent(accountVerified, { user_id: userId }, newId('req')));

describe('the compute quota', () => {
	test('counts an ended attempt once, even if its outcome is delivered twice', async () => {
		const user = world.user();
		const [first, second] = [await startJob(user, 30), await startJob(user, 20)];
		await world.bus.finish(first.jobId, first.attempt, succeeded());
		await world.bus.finish(first.jobId, first.attempt, succeeded());
		await world.bus.finish(second.jobId, second.attempt, failed);
		await untilEnded(user, first.jobId);
		await untilEnded(user, second.jobId);
		const used = await usedSeconds(user);
		expect(used).toBeGreaterThanOrEqual(50);
		expect(used).toBeLessThan(80);
	});

	test('counts a running job by its last heartbeat, and its outcome instead once it has ended', async () => {
		const user = world.user();
		const { jobId, attempt } = await startJob(user, 40);
		expect(await usedSeconds(user)).toBe(0);
		await reportCompute(30, { jobId, attempt });
		expect(await usedSeconds(user)).toBe(30);
		await reportCompute(undefined, { jobId, attempt });
		expect(await usedSeconds(user)).toBe(30);
		await world.bus.finish(jobId, attempt, succeeded(), 35_000);
		await untilEnded(user, jobId);
		expect(await usedSeconds(user)).toBe(35);
	});

	test('counts a running job for no longer than it runs, whatever its worker reports', async () => {
		const user = world.user();
		const started = await startJob(user, 20);
		await reportCompute(500, started);
		expect(await usedSeconds(user)).toBeGreaterThanOrEqual(20);
		expect(await usedSeconds(user)).toBeLessThan(60);
	});

	test('stops counting an attempt that its worker returned or lost, and counts the next from zero', async () => {
		const user = world.user();
		const returned = await startJob(user, 50);
		await reportCompute(50, returned);
		expect(await usedSeconds(user)).toBe(50);
		await world.worker('a').returnJob(returned.jobId, returned.attempt);
		expect(await usedSeconds(user)).toBe(0);
		await world.worker('b').take(returned.jobId);
		expect(await usedSeconds(user)).toBe(0);
		const lost = await startJob(user, 50);
		await reportCompute(50, lost);
		const past = { leaseExpiresAt: new Date(Date.now() - 1000) };
		await world.prisma.job.update({ where: { id: lost.jobId }, data: past });
		await loseExpiredAttempts(world.prisma);
		expect(await usedSeconds(user)).toBe(0);
	});

	test('refuses new jobs, and keeps queued ones waiting, once running jobs have used it up', async () => {
		const user = world.user();
		await charge(user.id, LIMIT_SECONDS - 60);
		const started = await startJob(user, 80);
		await reportCompute(59, started);
		await user.enqueue(TOOL);
		await reportCompute(60, started);
		const refused = await user.create({ tool: TOOL, input_file_id: newId('fil') });
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		const [other] = await fillQueue(world, { userId: newId('usr'), count: 1 });
		await world.worker('a').heartbeat({ [TOOL]: 9 }, [running(60, started)]);
		await waitFor(() => expect(world.bus.requested).toContain(other));
		expect(await countActiveJobs(world, { userId: user.id })).toBe(1);
	});

	test('counts the run time of a canceled job, and nothing for a job that was canceled before its start', async () => {
		const user = world.user();
		const { jobId } = await startJob(user, 40);
		await user.cancel(jobId);
		expect(await usedSeconds(user)).toBeGreaterThanOrEqual(40);
		const other = world.user();
		await other.cancel(await other.enqueue(TOOL));
		expect(await usedSeconds(other)).toBe(0);
	});

	test('counts at least 2 seconds of a job that is canceled right after its start', async () => {
		const user = world.user();
		const { jobId } = await startJob(user, 0);
		await user.cancel(jobId);
		expect(await usedSeconds(user)).toBe(2);
	});

	test('counts a waiting job before another one is dispatched, so that jobs started together use it only once', async () => {
		const [userId, other] = [newId('usr'), newId('usr')];
		await verify(userId);
		await waitFor(async () => expect((await use(userId)).max_active_jobs).toBe(3));
		await fillQueue(world, { userId, count: 3, expectedSeconds: LIMIT_SECONDS - 40 });
		await world.worker('a').heartbeat({ [TOOL]: 9 });
		await waitFor(async () => expect(await countActiveJobs(world, { userId })).toBe(2));
		await fillQueue(world, { userId: other, count: 1 });
		await waitFor(async () => expect(await countActiveJobs(world, { userId: other })).toBe(1));
		expect(await countActiveJobs(world, { userId })).toBe(2);
	});

	test('lets running jobs finish until twice the quota is used, then fails them', async () => {
		const user = world.user();
		const [first, second] = [await startJob(user, 150), await startJob(user, 150)];
		const report = (seconds: number) =>
			world.worker('a').heartbeat({}, [running(seconds, first), running(seconds, second)]);
		await report(LIMIT_SECONDS - 1);
		expect(await failJobsOverQuota(world.prisma, limits)).toEqual([]);
		expect((await report(LIMIT_SECONDS)).stop).toEqual([]);
		expect(await usedSeconds(user)).toBe(2 * LIMIT_SECONDS);
		for (const { jobId } of [first, second]) {
			await waitFor(async () =>
				expect(await user.job(jobId)).toMatchObject({
					status: 'failed',
					error_code: 'limit_exceeded',
					error_message:
						'Your jobs used 3 minutes of processing time today, twice what your plan allows. Split the file, or wait until 00:00 UTC.',
				}),
			);
		}
		expect(await usedSeconds(user)).toBe(2 * LIMIT_SECONDS);
		expect((await report(LIMIT_SECONDS)).stop).toEqual([first.jobId, second.jobId]);
	});

	test('does not end running jobs of a plan without a quota', async () => {
		const user = world.user();
		const started = await startJob(user, 500);
		await reportCompute(LIMIT_SECONDS, started);
		const unlimited = { ...limits, free: { ...limits.free, computeSecondsPerDay: 0 } };
		await charge(user.id, 1000);
		expect(await failJobsOverQuota(world.prisma, unlimited)).toEqual([]);
	});

	test('does not count an attempt that its worker returned', async () => {
		const user = world.user();
		const { jobId, attempt } = await startJob(user, 50);
		await world.worker('a').returnJob(jobId, attempt);
		expect(await usedSeconds(user)).toBe(0);
	});

	test('refuses new jobs of a user who has used it up, and of no other user', async () => {
		const user = world.user();
		await charge(user.id, LIMIT_SECONDS - 1);
		await user.enqueue(TOOL);
		await charge(user.id, 1);
		const refused = await user.create({ tool: TOOL, input_file_id: newId('fil') });
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		expect(refused.body.error.message).toMatch(
			/You used 1 minute of processing time today\. The Free plan allows 1 minute a day, Pro 10 hours a day\. Wait until 00:00 UTC/,
		);
		await world.user().enqueue(TOOL);
	});

	test('keeps queued jobs waiting until the next day', async () => {
		const [spent, fresh] = [newId('usr'), newId('usr')];
		await charge(spent, LIMIT_SECONDS);
		await charge(fresh, LIMIT_SECONDS, new Date(Date.now() - 24 * 3_600_000));
		await fillQueue(world, { userId: spent, count: 2 }, { userId: fresh, count: 1 });
		await world.worker('a').heartbeat({ [TOOL]: 9 });
		await waitFor(async () => expect(await countActiveJobs(world, { userId: fresh })).toBe(1));
		expect(await countActiveJobs(world, { userId: spent })).toBe(0);
		await world.prisma.$executeRaw`UPDATE compute_usage SET day = day - 1 WHERE user_id = ${spent}`;
		await waitFor(async () => expect(await countActiveJobs(world, { userId: spent })).toBe(1));
	});

	test('is deleted with the account', async () => {
		const user = world.user();
		await charge(user.id, 5);
		await world.bus.publish(newEvent(accountDeleted, { user_id: user.id }, newId('req')));
		const rows = () => world.prisma.computeUsage.count({ where: { userId: user.id } });
		await waitFor(async () => expect(await rows()).toBe(0));
	});
});

describe('a user whose email is not verified', () => {
	test('has one active job, and as many as the plan allows after the verification', async () => {
		const userId = newId('usr');
		await world.worker('a').heartbeat({ [TOOL]: 9 });
		await fillQueue(world, { userId, count: 5 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(1));
		expect(await countActiveJobs(world, { userId })).toBe(1);
		expect((await use(userId)).max_active_jobs).toBe(1);
		await verify(userId);
		await waitFor(async () => expect(await countActiveJobs(world, { userId })).toBe(3));
		expect((await use(userId)).max_active_jobs).toBe(3);
		await verify(userId);
		expect((await use(userId)).max_active_jobs).toBe(3);
	});

	test('has no row when the event arrives after the account was deleted', async () => {
		const userId = newId('usr');
		await world.bus.publish(newEvent(accountDeleted, { user_id: userId }, newId('req')));
		await waitFor(async () => expect(await world.prisma.deletedUser.count({ where: { userId } })).toBe(1));
		await verify(userId);
		const next = newId('usr');
		await verify(next);
		await waitFor(async () => expect(await world.prisma.account.count({ where: { userId: next } })).toBe(1));
		expect(await world.prisma.account.count({ where: { userId } })).toBe(0);
	});
});
