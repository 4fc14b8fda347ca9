import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failed } from '../testing/bus.ts';
import { countActiveJobs, emptyQueues, fillQueue, runSome, waitingRow } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';
import { dispatchWaitingJobs } from './dispatch-jobs.sql.ts';
import { findCandidates } from './find-candidates.sql.ts';

const TOOL = 'compress_heavy';
/** A tool whose jobs may take long. */
const OCR = 'ocr';
const MINUTE_MS = 60_000;
const MIB = 1024 ** 2;
const LONG_SECONDS = 300;
const FREE = PLANS.free.priority;
const PRO = PLANS.pro.priority;

let world: World;

beforeAll(async () => {
	// Long, because a returned job waits for a heartbeat.
	world = await startWorld({ replicas: 2, overrides: { WORKER_HEARTBEAT_MS: '30000' } });
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
	const slots = { [TOOL]: 20, [OCR]: 20 };

	test('are never active beyond the plan, over two tools and two busy replicas, and all run', async () => {
		const userId = newId('usr');
		const ids = await fillQueue(world, { userId, count: 15 }, { userId, count: 15, tool: OCR });
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
			tools: [TOOL, OCR],
			starvationTimeoutMs: 10 * MINUTE_MS,
			margin: 1,
			deferralMs: 0,
			workerLifetimeMs: MINUTE_MS,
			unclaimedAfterMs: MINUTE_MS,
		};
		await world.prisma.worker.create({ data: { id: 'a', slots, seenAt: new Date() } });
		await fillQueue(world, { userId, count: 30 }, { userId, count: 30, tool: OCR });
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
		await world.worker('a').heartbeat({ [TOOL]: 1, [OCR]: 1 });
		await fillQueue(world, { userId, count: 100 });
		await waitFor(() => expect(world.bus.requested).toHaveLength(2));
		const row = waitingRow({ userId, tool: OCR });
		await world.prisma.job.create({ data: row });
		await waitFor(() => expect(world.bus.requested).toContain(row.id));
		expect(world.bus.requested).toHaveLength(3);
	});
});

const users = (count: number) => Array.from({ length: count }, () => newId('usr'));
const row = (id: string) => world.prisma.job.findUniqueOrThrow({ where: { id } });

describe('a short job', () => {
	test('is dispatched before the long jobs of eight users that were queued earlier', async () => {
		const groups = users(8).map((userId) => ({
			userId,
			count: 3,
			tool: OCR,
			expectedSeconds: LONG_SECONDS,
		}));
		await fillQueue(world, ...groups);
		const [short] = await fillQueue(world, { userId: newId('usr'), count: 1, tool: OCR });
		await world.worker('runner').heartbeat({ [OCR]: 1 });
		const ran = await runSome(world, { count: 2, queued: 25 });
		expect(ran[0]).toBe(short);
	});

	test('is dispatched after a long job that has waited for longer than it takes', async () => {
		const waited = { createdAt: minutesAgo(6), count: 1, tool: OCR, expectedSeconds: LONG_SECONDS };
		const [long] = await fillQueue(world, { userId: newId('usr'), ...waited });
		const [short] = await fillQueue(world, { userId: newId('usr'), count: 1, tool: OCR });
		await world.worker('runner').heartbeat({ [OCR]: 1 });
		expect(await runSome(world, { count: 2, queued: 2 })).toEqual([long, short]);
	});

	test('is dispatched before the next job of a user whose long job runs, and alternates with a user whose short job runs', async () => {
		const [heavy, light, single] = [newId('usr'), newId('usr'), newId('usr')];
		const one = (userId: string, minutes: number) => ({
			userId,
			count: 1,
			tool: OCR,
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
			{ byTool: new Map([[OCR, 9]]), background: new Map() },
			{ plans: PLANS, unverifiedActiveJobs: 0, starvationTimeoutMs: 60 * 60_000, deferralMs: 0 },
		);
		expect(candidates.map(({ id }) => id)).toEqual([first, ofLight, second, ofHeavy]);
	});
});

test('a user’s next job comes after those of others once a running job has taken longer than expected', async () => {
	const [heavy, light] = [newId('usr'), newId('usr')];
	const one = (userId: string) => ({ userId, count: 1, tool: OCR });
	const [first = ''] = await fillQueue(world, one(heavy), { ...one(light), expectedSeconds: 60 });
	await world.prisma.job.updateMany({ data: { dispatchedAt: new Date() } });
	const waiting = await fillQueue(world, one(heavy), one(light));
	const order = async () => {
		const candidates = await findCandidates(
			world.prisma,
			{ byTool: new Map([[OCR, 9]]), background: new Map() },
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
		const { body } = await user.create({ tool: OCR, input_file_id: fileId });
		const jobId = body.data.id;
		expect((await row(jobId)).expectedSeconds).toBe(500);
		const worker = world.worker('a');
		const attempt = await worker.take(jobId);
		await worker.heartbeat({ [OCR]: 1 }, [
			{ job_id: jobId, attempt, background: true, expected_seconds: 42 },
		]);
		expect(await row(jobId)).toMatchObject({ expectedSeconds: 42, background: true });
		await worker.heartbeat({ [OCR]: 1 }, [{ job_id: jobId, attempt }]);
		expect(await row(jobId)).toMatchObject({ expectedSeconds: 42, background: true });
	});
});

describe('a job that a worker returns because it takes long', () => {
	async function returnOne(backgroundSlots: number) {
		const user = world.user();
		const jobId = await user.enqueue(OCR);
		const worker = world.worker('a');
		await worker.heartbeat({ [OCR]: 2 }, [], backgroundSlots);
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
		const other = await world.user().enqueue(OCR);
		const otherAttempt = await worker.take(other);
		await worker.heartbeat({ [OCR]: 2 }, [{ job_id: other, attempt: otherAttempt, background: true }], 1);
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
		const short = await world.user().enqueue(OCR);
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
		const short = await world.user().enqueue(OCR);
		await waitFor(() => expect(world.bus.requested).toContain(short));
		expect(requests(jobId)).toBe(1);
	});

	test('waits while only workers without its tool have free slots', async () => {
		const { worker, jobId, attempt } = await returnOne(1);
		const other = await world.user().enqueue(OCR);
		const running = [{ job_id: other, attempt: await worker.take(other), background: true }];
		await worker.heartbeat({ [OCR]: 2 }, running, 1);
		await worker.returnJob(jobId, attempt, long);
		await passHeartbeat(jobId);
		await world.worker('b').heartbeat({ compress_heavy: 1 }, [], 9);
		const short = await world.user().enqueue(OCR);
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
				WHERE tool = ANY (${[OCR]}) AND status IN ('queued', 'running')
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
		const short = await world.user().enqueue(OCR);
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
