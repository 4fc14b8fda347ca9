import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { emptyQueues, fillQueue, runSome } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { findCandidates } from './find-candidates.sql.ts';

const TOOL = 'ocr';
const MIB = 1024 ** 2;
const LONG_SECONDS = 300;

let world: World;

beforeAll(async () => {
	world = await startWorld({ replicas: 2, overrides: { WORKER_HEARTBEAT_MS: '30000' } });
});

afterEach(() => emptyQueues(world));

afterAll(async () => {
	await world?.stop();
});

const users = (count: number) => Array.from({ length: count }, () => newId('usr'));
const row = (id: string) => world.prisma.job.findUniqueOrThrow({ where: { id } });
const minutesAgo = (minutes: number) => new Date(Date.now() - 60_000 * minutes);

describe('a short job', () => {
	test('is dispatched before the long jobs of eight users that were queued earlier', async () => {
		const groups = users(8).map((userId) => ({
			userId,
			count: 3,
			tool: TOOL,
			expectedSeconds: LONG_SECONDS,
		}));
		await fillQueue(world, ...groups);
		const [short] = await fillQueue(world, { userId: newId('usr'), count: 1, tool: TOOL });
		await world.worker('runner').heartbeat({ [TOOL]: 1 });
		const ran = await runSome(world, { count: 2, queued: 25 });
		expect(ran[0]).toBe(short);
	});

	test('is dispatched after a long job that has waited for longer than it takes', async () => {
		const waited = { createdAt: minutesAgo(6), count: 1, tool: TOOL, expectedSeconds: LONG_SECONDS };
		const [long] = await fillQueue(world, { userId: newId('usr'), ...waited });
		const [short] = await fillQueue(world, { userId: newId('usr'), count: 1, tool: TOOL });
		await world.worker('runner').heartbeat({ [TOOL]: 1 });
		expect(await runSome(world, { count: 2, queued: 2 })).toEqual([long, short]);
	});

	test('is dispatched before the next job of a user whose long job runs, and alternates with a user whose short job runs', async () => {
		const [heavy, light, single] = [newId('usr'), newId('usr'), newId('usr')];
		const one = (userId: string, minutes: number) => ({
			userId,
			count: 1,
			tool: TOOL,
			createdAt: minutesAgo(minutes),
		});
		await fillQueue(world, { ...one(heavy, 6), expectedSeconds: LONG_SECONDS }, one(light, 6));
		await world.prisma.job.updateMany({ data: { dispatchedAt: new Date() } });
		const [ofHeavy, ofLight, first, second] = await fillQueue(
			world,
			...[one(heavy, 5), one(light, 4), one(single, 3), one(single, 3)],
		);
		const candidates = await findCandidates(
			world.prisma,
			{ byTool: new Map([[TOOL, 9]]), background: new Map() },
			{ plans: PLANS, unverifiedActiveJobs: 0, starvationTimeoutMs: 60 * 60_000, deferralMs: 0 },
		);
		expect(candidates.map(({ id }) => id)).toEqual([first, ofLight, second, ofHeavy]);
	});
});

test('a user’s next job comes after those of others once a running job has taken longer than expected', async () => {
	const [heavy, light] = [newId('usr'), newId('usr')];
	const one = (userId: string) => ({ userId, count: 1, tool: TOOL });
	const [first = ''] = await fillQueue(world, one(heavy), { ...one(light), expectedSeconds: 60 });
	await world.prisma.job.updateMany({ data: { dispatchedAt: new Date() } });
	const waiting = await fillQueue(world, one(heavy), one(light));
	const order = async () => {
		const candidates = await findCandidates(
			world.prisma,
			{ byTool: new Map([[TOOL, 9]]), background: new Map() },
			{ plans: PLANS, unverifiedActiveJobs: 0, starvationTimeoutMs: 60 * 60_000, deferralMs: 0 },
		);
		return candidates.map(({ id }) => id);
	};
	const worker = world.worker('a');
	const attempt = await worker.take(first);
	await world.prisma.job.update({ where: { id: first }, data: { attemptStartedAt: minutesAgo(2) } });
	const ranFor = (seconds: number) =>
		worker.heartbeat({}, [{ job_id: first, attempt, compute_ms: 1000 * seconds }]);
	await ranFor(50);
	expect(await order()).toEqual(waiting);
	await ranFor(70);
	expect(await order()).toEqual(waiting.toReversed());
});

describe('how long a job takes', () => {
	test('is estimated from the size of its input, until a worker knows better', async () => {
		const user = world.user();
		const fileId = newId('fil');
		world.files.inputBytes.set(fileId, 100 * MIB);
		const { body } = await user.create({ tool: TOOL, input_file_id: fileId });
		const jobId = body.data.id;
		expect((await row(jobId)).expectedSeconds).toBe(500);
		const worker = world.worker('a');
		const attempt = await worker.take(jobId);
		await worker.heartbeat({ [TOOL]: 1 }, [
			{ job_id: jobId, attempt, background: true, expected_seconds: 42 },
		]);
		expect(await row(jobId)).toMatchObject({ expectedSeconds: 42, background: true });
		await worker.heartbeat({ [TOOL]: 1 }, [{ job_id: jobId, attempt }]);
		expect(await row(jobId)).toMatchObject({ expectedSeconds: 42, background: true });
	});
});

describe('a job that a worker returns because it takes long', () => {
	async function returnOne(backgroundSlots: number) {
		const user = world.user();
		const jobId = await user.enqueue(TOOL);
		const worker = world.worker('a');
		await worker.heartbeat({ [TOOL]: 2 }, [], backgroundSlots);
		await waitFor(() => expect(world.bus.requested).toContain(jobId));
		const attempt = await worker.take(jobId);
		return { user, worker, jobId, attempt };
	}
	const long = { background: true, expected_seconds: LONG_SECONDS };
	const requests = (jobId: string) => world.bus.requested.filter((id) => id === jobId).length;
	/** Backdates the deferral, as if every worker had sent a heartbeat since. */
	const passHeartbeat = (jobId: string) =>
		world.prisma.job.update({ where: { id: jobId }, data: { deferredAt: minutesAgo(1) } });

	test('waits until a background slot is free, and does not block other jobs', async () => {
		const { user, worker, jobId, attempt } = await returnOne(1);
		const other = await world.user().enqueue(TOOL);
		const otherAttempt = await worker.take(other);
		await worker.heartbeat({ [TOOL]: 2 }, [{ job_id: other, attempt: otherAttempt, background: true }], 1);
		await worker.returnJob(jobId, attempt, long);
		expect(await user.job(jobId)).toMatchObject({ status: 'running' });
		expect(await row(jobId)).toMatchObject({
			deferredAt: expect.any(Date),
			leaseExpiresAt: null,
			workerId: null,
			background: true,
			returnedAttempts: 1,
			lostAttempts: 0,
			expectedSeconds: LONG_SECONDS,
		});
		await passHeartbeat(jobId);
		const short = await world.user().enqueue(TOOL);
		await waitFor(() => expect(world.bus.requested).toContain(short));
		expect(requests(jobId)).toBe(1);
		await worker.returnJob(other, otherAttempt);
		await world.prisma.job.update({ where: { id: other }, data: { background: false } });
		await waitFor(() => expect(requests(jobId)).toBe(2));
		const claim = await worker.claim(jobId);
		expect(claim).toMatchObject({ answer: 'granted', attempt: attempt + 1, background: true });
		expect(await row(jobId)).toMatchObject({ deferredAt: null });
	});

	test('waits for a heartbeat even if a slot seems free, because the slot may be out of date', async () => {
		const { worker, jobId, attempt } = await returnOne(4);
		await worker.returnJob(jobId, attempt, long);
		const short = await world.user().enqueue(TOOL);
		await waitFor(() => expect(world.bus.requested).toContain(short));
		expect(requests(jobId)).toBe(1);
	});

	test('waits while only workers without its tool have free slots', async () => {
		const { worker, jobId, attempt } = await returnOne(1);
		const other = await world.user().enqueue(TOOL);
		const running = [{ job_id: other, attempt: await worker.take(other), background: true }];
		await worker.heartbeat({ [TOOL]: 2 }, running, 1);
		await worker.returnJob(jobId, attempt, long);
		await passHeartbeat(jobId);
		await world.worker('b').heartbeat({ compress_heavy: 1 }, [], 9);
		const short = await world.user().enqueue(TOOL);
		await waitFor(() => expect(world.bus.requested).toContain(short));
		expect(requests(jobId)).toBe(1);
	});

	test('is requested by release 0.3.0 after a rollback, and not again after the upgrade', async () => {
		const { worker, jobId, attempt } = await returnOne(4);
		await worker.returnJob(jobId, attempt, long);
		// Release 0.3.0 requests a worker again for unclaimed jobs after one minute; this is its query with 0 s.
		const requested = await world.prisma.$queryRaw`
			UPDATE jobs SET released_at = now() WHERE id IN (
				SELECT id FROM jobs
				WHERE tool = ANY (${[TOOL]}) AND status IN ('queued', 'running')
					AND lease_expires_at IS NULL AND released_at < now() - make_interval(secs => ${0})
				FOR UPDATE SKIP LOCKED)
			RETURNING id`;
		expect(requested).toEqual([{ id: jobId }]);
		// A grant by 0.3.0 changes neither released_at nor deferred_at.
		const granted = {
			attempt: attempt + 1,
			workerId: worker.id,
			leaseExpiresAt: new Date(Date.now() + 60_000),
		};
		await world.prisma.job.update({ where: { id: jobId }, data: { ...granted, deferredAt: minutesAgo(1) } });
		const short = await world.user().enqueue(TOOL);
		await waitFor(() => expect(world.bus.requested).toContain(short));
		expect(requests(jobId)).toBe(1);
	});

	test('is dispatched after a heartbeat when another worker has a free slot, or when no worker has background slots', async () => {
		for (const slots of [4, 0]) {
			const { worker, jobId, attempt } = await returnOne(slots);
			await worker.returnJob(jobId, attempt, long);
			await passHeartbeat(jobId);
			await waitFor(() => expect(requests(jobId)).toBe(2));
			await emptyQueues(world);
		}
	});

	test('can be canceled while it waits', async () => {
		const { user, worker, jobId, attempt } = await returnOne(1);
		await world.worker('a').heartbeat({}, [], 1);
		await worker.returnJob(jobId, attempt, long);
		expect((await user.cancel(jobId)).body.data.status).toBe('canceled');
	});

	test('is not deferred when its attempt is not the current one', async () => {
		const { worker, jobId, attempt } = await returnOne(1);
		await worker.returnJob(jobId, attempt + 1, long);
		expect(await row(jobId)).toMatchObject({ workerId: worker.id, background: false, returnedAttempts: 0 });
	});
});
