import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { succeeded } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import { MANY_ACTIVE, startWorld, type World } from '../testing/world.ts';

const LEASE_MS = 1_000;

let world: World;
let user: User;

beforeAll(async () => {
	world = await startWorld({
		replicas: 2,
		overrides: { ...MANY_ACTIVE, WORKER_LEASE_MS: String(LEASE_MS), WORKER_HEARTBEAT_MS: '200' },
	});
	user = world.user();
});

afterAll(async () => {
	await world?.stop();
});

const SLOTS = { compress_heavy: 1 };

/** Creates a job and waits until a worker was requested for it. */
async function requested(): Promise<string> {
	await world.worker('idle').heartbeat({ compress_heavy: 1_000 });
	const jobId = await user.enqueue();
	await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
	return jobId;
}

function rowOf(jobId: string) {
	return world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
}

describe('a worker without heartbeats', () => {
	test('loses its job to another worker, and the job keeps its status and progress', async () => {
		const jobId = await requested();
		const lost = world.worker('lost');
		const attempt = await lost.take(jobId);
		await world.bus.progress(jobId, attempt, 40);
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		expect(await user.job(jobId)).toMatchObject({ status: 'running', progress: 40 });
		expect(await world.worker('next').take(jobId)).toBe(attempt + 1);
		expect((await lost.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([jobId]);
	});

	test('is replaced by one other worker, though two replicas check', async () => {
		const jobId = await requested();
		await world.worker('lost').take(jobId);
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		await sleep(2 * LEASE_MS);
		expect(world.bus.timesRequested(jobId)).toBe(2);
		expect((await rowOf(jobId)).lostAttempts).toBe(1);
	});

	test('keeps its job when it comes back before another worker claims it', async () => {
		const jobId = await requested();
		const slow = world.worker('slow');
		const attempt = await slow.take(jobId);
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		expect((await slow.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([]);
		expect(await world.worker('next').claim(jobId)).toEqual({ answer: 'held' });
		await world.bus.finish(jobId, attempt, succeeded());
		await waitFor(async () => expect((await user.job(jobId)).status).toBe('succeeded'));
	});

	test('fails its job when it is the third one', async () => {
		const jobId = await requested();
		for (const time of [1, 2, 3]) {
			await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(time));
			expect(await world.worker(`lost-${time}`).take(jobId)).toBe(time);
		}
		await waitFor(async () => expect((await user.job(jobId)).status).toBe('failed'));
		expect(await user.job(jobId)).toMatchObject({
			error_code: 'worker_lost',
			error_message: expect.stringContaining('Try again'),
		});
		expect(await world.worker('next').claim(jobId)).toEqual({ answer: 'unwanted' });
	});
});

test('a worker that sends heartbeats keeps its job for longer than a lease', async () => {
	const jobId = await requested();
	const worker = world.worker('steady');
	const attempt = await worker.take(jobId);
	for (let heartbeats = 0; heartbeats < 15; heartbeats++) {
		expect((await worker.heartbeat(SLOTS, [{ job_id: jobId, attempt }])).stop).toEqual([]);
		await sleep(LEASE_MS / 5);
	}
	expect(world.bus.timesRequested(jobId)).toBe(1);
});

test('requests no worker for a job that was lost and canceled', async () => {
	const jobId = await requested();
	await world.worker('lost').take(jobId);
	await user.cancel(jobId);
	await sleep(2.5 * LEASE_MS);
	expect(world.bus.timesRequested(jobId)).toBe(1);
	expect((await user.job(jobId)).status).toBe('canceled');
});
