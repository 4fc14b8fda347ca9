import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { succeeded } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import type { Worker } from '../testing/worker.ts';
import { MANY_ACTIVE, startWorld, type World } from '../testing/world.ts';

let world: World;
let user: User;
let worker: Worker;
let other: Worker;

beforeAll(async () => {
	world = await startWorld({ replicas: 2, overrides: MANY_ACTIVE });
	user = world.user();
	worker = world.worker('one');
	other = world.worker('two', 1);
	await world.worker('idle').heartbeat({ compress_heavy: 1_000 });
});

afterAll(async () => {
	await world?.stop();
});

const SLOTS = { compress_heavy: 2 };

describe('a claim', () => {
	test('is granted with everything the worker needs, and the job runs', async () => {
		const jobId = await user.enqueue();
		const queued = await user.job(jobId);
		expect(await worker.claim(jobId)).toEqual({
			answer: 'granted',
			attempt: 1,
			lease_ms: 60_000,
			tool: 'compress_heavy',
			params: queued.params,
			input_file_id: queued.input_file_id,
			user_id: user.id,
			max_pages: PLANS.free.anyTool.maxPages,
			pro_max_pages: PLANS.pro.anyTool.maxPages,
		});
		expect(await user.job(jobId)).toMatchObject({ status: 'running', started_at: expect.any(String) });
	});

	test('is held when another worker runs the job', async () => {
		const jobId = await user.enqueue();
		await worker.take(jobId);
		expect(await other.claim(jobId)).toEqual({ answer: 'held' });
	});

	test('is granted again to the worker that holds the job, and counts no lost attempt', async () => {
		const jobId = await user.enqueue();
		for (const attempt of [1, 2, 3, 4, 5]) {
			expect(await worker.claim(jobId)).toMatchObject({ answer: 'granted', attempt });
		}
	});

	test('is granted to one of twenty workers at once', async () => {
		const jobId = await user.enqueue();
		const claims = Array.from({ length: 20 }, (_, index) =>
			world.worker(`w${index}`, index % 2).claim(jobId),
		);
		const responses = (await Promise.all(claims)).map(({ answer }) => answer).sort();
		expect(responses).toEqual(['granted', ...Array(19).fill('held')]);
	});

	test('is unwanted when the job was canceled', async () => {
		const jobId = await user.enqueue();
		await user.cancel(jobId);
		expect(await worker.claim(jobId)).toEqual({ answer: 'unwanted' });
	});

	test('is unwanted when the job doesn’t exist', async () => {
		expect(await worker.claim(newId('job'))).toEqual({ answer: 'unwanted' });
	});
});

describe('a heartbeat', () => {
	test('renews the leases of the worker’s own jobs', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		await world.prisma.job.update({
			where: { id: jobId },
			data: { leaseExpiresAt: new Date(Date.now() + 500) },
		});
		const response = await worker.heartbeat(SLOTS, [{ job_id: jobId, attempt }]);
		expect(response).toEqual({ stop: [], beat_ms: 2_000 });
		const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		expect(row.leaseExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 30_000);
	});

	test('returns the jobs to stop: canceled, of another attempt, of another worker, unknown', async () => {
		const canceled = await user.enqueue();
		const older = await user.enqueue();
		const others = await user.enqueue();
		const unknown = newId('job');
		await worker.take(canceled);
		await user.cancel(canceled);
		await worker.take(older);
		await worker.returnJob(older, 1);
		await worker.take(older);
		await other.take(others);
		const { stop } = await worker.heartbeat(
			SLOTS,
			[canceled, older, others, unknown].map((job_id) => ({ job_id, attempt: 1 })),
		);
		expect(stop.sort()).toEqual([canceled, older, others, unknown].sort());
	});
});

describe('a returned attempt', () => {
	test('requests another worker at once, stays running, and counts no lost attempt', async () => {
		const jobId = await user.enqueue();
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
		const attempt = await worker.take(jobId);
		await world.bus.progress(jobId, attempt, 60);
		await waitFor(async () => expect((await user.job(jobId)).progress).toBe(60));
		await worker.returnJob(jobId, attempt);
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		expect(await user.job(jobId)).toMatchObject({ status: 'running', progress: 60 });
		expect(await other.claim(jobId)).toMatchObject({ answer: 'granted', attempt: 2 });
		const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		expect(row.lostAttempts).toBe(0);
	});

	test('requests one worker, however often it is returned', async () => {
		const jobId = await user.enqueue();
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
		const attempt = await worker.take(jobId);
		await Promise.all([worker.returnJob(jobId, attempt), worker.returnJob(jobId, attempt)]);
		await worker.returnJob(jobId, attempt);
		const last = await user.enqueue();
		await waitFor(() => expect(world.bus.requested).toContain(last));
		expect(world.bus.timesRequested(jobId)).toBe(2);
	});

	test('changes nothing when another worker runs the job', async () => {
		const jobId = await user.enqueue();
		await worker.take(jobId);
		await worker.returnJob(jobId, 1);
		const attempt = await other.take(jobId);
		await worker.returnJob(jobId, 1);
		expect(await worker.claim(jobId)).toEqual({ answer: 'held' });
		expect((await other.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([]);
	});

	test('is not renewed by a late heartbeat', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		await worker.returnJob(jobId, attempt);
		expect((await worker.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([jobId]);
		expect(await other.claim(jobId)).toMatchObject({ answer: 'granted', attempt: 2 });
	});
});

describe('progress', () => {
	/** Progress arrives over a queue in order: once the last one is visible, the earlier ones were handled. */
	async function progressAfter(
		jobId: string,
		reports: [attempt: number, progress: number][],
	): Promise<number> {
		for (const [attempt, progress] of reports) await world.bus.progress(jobId, attempt, progress);
		const probe = await user.enqueue();
		const attempt = await worker.take(probe);
		await world.bus.progress(probe, attempt, 1);
		await waitFor(async () => expect((await user.job(probe)).progress).toBe(1));
		await sleep(100);
		return (await user.job(jobId)).progress;
	}

	test('has the page that the tool works on, while the job runs', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		const detail = { page: 3, pages: 6 };
		await world.bus.progress(jobId, attempt, 40, detail);
		await waitFor(async () =>
			expect(await user.job(jobId)).toMatchObject({ progress: 40, progress_detail: detail }),
		);
		await user.cancel(jobId);
		expect(await user.job(jobId)).not.toHaveProperty('progress_detail');
	});

	test('omits the page of an attempt that another one has replaced', async () => {
		const jobId = await user.enqueue();
		await world.bus.progress(jobId, await worker.take(jobId), 40, { page: 3, pages: 6 });
		await waitFor(async () => expect((await user.job(jobId)).progress).toBe(40));
		await worker.returnJob(jobId, 1);
		await other.take(jobId);
		expect(await user.job(jobId)).toMatchObject({ status: 'running', progress: 40 });
		expect(await user.job(jobId)).not.toHaveProperty('progress_detail');
	});

	test('never decreases', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		expect(
			await progressAfter(jobId, [
				[attempt, 50],
				[attempt, 20],
			]),
		).toBe(50);
	});

	test('of an older attempt changes nothing', async () => {
		const jobId = await user.enqueue();
		await worker.take(jobId);
		await worker.returnJob(jobId, 1);
		await other.take(jobId);
		expect(
			await progressAfter(jobId, [
				[1, 90],
				[2, 10],
			]),
		).toBe(10);
	});

	test('of a job that has ended changes nothing', async () => {
		const jobId = await user.enqueue();
		const attempt = await worker.take(jobId);
		await user.cancel(jobId);
		expect(await progressAfter(jobId, [[attempt, 70]])).toBe(0);
	});
});

test('an outcome ends the job only if it is of the current attempt', async () => {
	const jobId = await user.enqueue();
	await worker.take(jobId);
	await worker.returnJob(jobId, 1);
	await other.take(jobId);
	const late = succeeded();
	const good = succeeded();
	await world.bus.finish(jobId, 1, late);
	await world.bus.finish(jobId, 2, good);
	await waitFor(async () => expect((await user.job(jobId)).status).toBe('succeeded'));
	expect((await user.job(jobId)).output_file_id).toBe('output_file_id' in good ? good.output_file_id : '');
	expect(world.files.published.get(jobId)).toBe('output_file_id' in good ? good.output_file_id : '');
});

test.each([
	['POST', `/internal/jobs/${newId('job')}/claim`, { worker_id: 'w' }],
	['POST', `/internal/jobs/${newId('job')}/release`, { attempt: 1 }],
	['PUT', '/internal/workers/w', { slots: {}, running: [], capabilities: {} }],
])('refuses users: %s %s', async (method, path, body) => {
	expect((await user.call(method, path, body)).status).toBe(401);
});

describe('with short leases,', () => {
	const LEASE_MS = 1_000;
	let shortLeases: World;
	let owner: User;

	beforeAll(async () => {
		shortLeases = await startWorld({
			replicas: 2,
			overrides: { ...MANY_ACTIVE, WORKER_LEASE_MS: String(LEASE_MS), WORKER_HEARTBEAT_MS: '200' },
		});
		owner = shortLeases.user();
	});

	afterAll(async () => {
		await shortLeases?.stop();
	});

	/** Creates a job and waits until a worker was requested for it. */
	async function requested(): Promise<string> {
		await shortLeases.worker('idle').heartbeat({ compress_heavy: 1_000 });
		const jobId = await owner.enqueue();
		await waitFor(() => expect(shortLeases.bus.timesRequested(jobId)).toBe(1));
		return jobId;
	}

	function rowOf(jobId: string) {
		return shortLeases.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
	}

	describe('a worker without heartbeats', () => {
		test('loses its job to another worker, and the job keeps its status and progress', async () => {
			const jobId = await requested();
			const lost = shortLeases.worker('lost');
			const attempt = await lost.take(jobId);
			await shortLeases.bus.progress(jobId, attempt, 40);
			await waitFor(() => expect(shortLeases.bus.timesRequested(jobId)).toBe(2));
			expect(await owner.job(jobId)).toMatchObject({ status: 'running', progress: 40 });
			expect(await shortLeases.worker('next').take(jobId)).toBe(attempt + 1);
			expect((await lost.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([jobId]);
		});

		test('is replaced by one other worker, though two replicas check', async () => {
			const jobId = await requested();
			await shortLeases.worker('lost').take(jobId);
			await waitFor(() => expect(shortLeases.bus.timesRequested(jobId)).toBe(2));
			await sleep(2 * LEASE_MS);
			expect(shortLeases.bus.timesRequested(jobId)).toBe(2);
			expect((await rowOf(jobId)).lostAttempts).toBe(1);
		});

		test('keeps its job when it comes back before another worker claims it', async () => {
			const jobId = await requested();
			const slow = shortLeases.worker('slow');
			const attempt = await slow.take(jobId);
			await waitFor(() => expect(shortLeases.bus.timesRequested(jobId)).toBe(2));
			expect((await slow.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([]);
			expect(await shortLeases.worker('next').claim(jobId)).toEqual({ answer: 'held' });
			await shortLeases.bus.finish(jobId, attempt, succeeded());
			await waitFor(async () => expect((await owner.job(jobId)).status).toBe('succeeded'));
		});

		test('fails its job when it is the third one', async () => {
			const jobId = await requested();
			for (const time of [1, 2, 3]) {
				await waitFor(() => expect(shortLeases.bus.timesRequested(jobId)).toBe(time));
				expect(await shortLeases.worker(`lost-${time}`).take(jobId)).toBe(time);
			}
			await waitFor(async () => expect((await owner.job(jobId)).status).toBe('failed'));
			expect(await owner.job(jobId)).toMatchObject({
				error_code: 'worker_lost',
				error_message: expect.stringContaining('Try again'),
			});
			expect(await shortLeases.worker('next').claim(jobId)).toEqual({ answer: 'unwanted' });
		});
	});

	test('a worker that sends heartbeats keeps its job for longer than a lease', async () => {
		const jobId = await requested();
		const worker = shortLeases.worker('steady');
		const attempt = await worker.take(jobId);
		for (let heartbeats = 0; heartbeats < 15; heartbeats++) {
			expect((await worker.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([]);
			await sleep(LEASE_MS / 5);
		}
		expect(shortLeases.bus.timesRequested(jobId)).toBe(1);
	});

	test('requests no worker for a job that was lost and canceled', async () => {
		const jobId = await requested();
		await shortLeases.worker('lost').take(jobId);
		await owner.cancel(jobId);
		await sleep(2.5 * LEASE_MS);
		expect(shortLeases.bus.timesRequested(jobId)).toBe(1);
		expect((await owner.job(jobId)).status).toBe('canceled');
	});
});

describe('a start', () => {
	/** Long enough that a busy machine sends each heartbeat in time. */
	const LEASE_MS = 6_000;
	let restarted: World;

	beforeAll(async () => {
		restarted = await startWorld({
			overrides: { WORKER_LEASE_MS: String(LEASE_MS), WORKER_HEARTBEAT_MS: '500' },
		});
	});

	afterAll(async () => {
		await restarted?.stop();
	});

	test('gives every worker a whole lease after a start, even if its lease has expired', async () => {
		const owner = restarted.user();
		await restarted.worker('idle').heartbeat({ compress_heavy: 10 });
		const jobId = await owner.enqueue();
		await waitFor(() => expect(restarted.bus.timesRequested(jobId)).toBe(1));
		const attempt = await restarted.worker('patient').take(jobId);
		await restarted.replicas[0]?.stop();
		await sleep(LEASE_MS + 500);
		const replica = await restarted.startReplica();
		try {
			const patient = restarted.workerAt('patient', replica.url);
			expect(await restarted.workerAt('eager', replica.url).claim(jobId)).toEqual({ answer: 'held' });
			// Until the lease that the start granted would be over.
			for (let waitedMs = 0; waitedMs <= LEASE_MS; waitedMs += LEASE_MS / 4) {
				await sleep(LEASE_MS / 4);
				const { stop } = await patient.heartbeat({ compress_heavy: 1 }, [{ job_id: jobId, attempt }]);
				expect(stop).toEqual([]);
			}
			const row = await restarted.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
			expect([row.attempt, row.lostAttempts]).toEqual([attempt, 0]);
		} finally {
			await replica.stop();
		}
	});
});
