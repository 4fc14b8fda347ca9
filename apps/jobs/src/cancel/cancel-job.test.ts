import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AttemptWorld, startAttemptWorld } from '../testing/attempt-world.ts';
import { succeeded } from '../testing/bus.ts';
import type { ApiResponse } from '../testing/user.ts';

let world: AttemptWorld;

beforeAll(async () => {
	world = await startAttemptWorld();
});

beforeEach(() => {
	world.files.onPublish = async () => undefined;
});

afterAll(async () => {
	await world?.stop();
});

describe('canceling', () => {
	test('returns 200 and ends a queued job', async () => {
		const jobId = await world.owner.enqueue();
		const response = await world.owner.cancel(jobId);
		expect([response.status, response.body.data]).toEqual([200, await world.owner.job(jobId)]);
		expect(response.body.data).toMatchObject({ status: 'canceled', finished_at: expect.any(String) });
	});

	test('notifies the worker of a running job', async () => {
		const { jobId } = await world.running();
		await world.owner.cancel(jobId);
		await waitFor(() => expect(world.bus.canceled).toContain(jobId));
	});

	test('returns 409 when the job is terminal', async () => {
		const jobId = await world.owner.enqueue();
		await world.owner.cancel(jobId);
		const response = await world.owner.cancel(jobId);
		expect([response.status, response.body.error.code]).toEqual([409, 'job_finished']);
	});

	test('returns 404 and changes nothing when the job belongs to another user', async () => {
		const jobId = await world.owner.enqueue();
		expect((await world.user().cancel(jobId)).status).toBe(404);
		expect((await world.owner.job(jobId)).status).toBe('queued');
	});

	test('discards the output when it is being published', async () => {
		const { jobId, attempt } = await world.running();
		world.files.onPublish = async () => {
			await world.owner.cancel(jobId);
		};
		await world.bus.finish(jobId, attempt, succeeded());
		await waitFor(() => expect(world.files.discarded.has(jobId)).toBe(true));
		expect((await world.owner.job(jobId)).status).toBe('canceled');
		expect(world.files.published.has(jobId)).toBe(false);
	});

	test('discards the output when it is being published and the job is deleted', async () => {
		const { jobId, attempt } = await world.running();
		world.files.onPublish = async () => {
			await world.owner.cancel(jobId);
			await world.owner.remove(jobId);
		};
		await world.bus.finish(jobId, attempt, succeeded());
		await waitFor(() => expect(world.files.discarded.has(jobId)).toBe(true));
		expect(world.files.published.has(jobId)).toBe(false);
	});

	test('and finishing in both orders and at once, forty times, gives each job one outcome', async () => {
		const cancels = new Map<string, Promise<ApiResponse>>();
		const cancelSoon = (jobId: string, afterMs: number) => {
			cancels.set(
				jobId,
				sleep(afterMs).then(() => world.owner.cancel(jobId)),
			);
		};
		const delaysMs = new Map<string, number>();
		world.files.onPublish = async (jobId) => {
			const afterMs = delaysMs.get(jobId);
			if (afterMs !== undefined) cancelSoon(jobId, afterMs);
		};
		async function play(round: number): Promise<string> {
			const { jobId, attempt } = await world.running();
			if (round % 4 === 0) cancelSoon(jobId, round / 4);
			if (round % 4 === 1) delaysMs.set(jobId, round / 2);
			if (round % 4 === 2) await world.owner.cancel(jobId);
			await world.bus.finish(jobId, attempt, succeeded());
			if (round % 4 === 3) await world.untilStatus(jobId, 'succeeded');
			if (round % 4 > 1) cancelSoon(jobId, 0);
			return jobId;
		}
		const jobIds: string[] = [];
		for (let round = 0; round < 40; round += 10) {
			jobIds.push(...(await Promise.all(Array.from({ length: 10 }, (_, index) => play(round + index)))));
		}
		await world.outcomesHandled();
		const ends: string[] = [];
		for (const jobId of jobIds) {
			const { status, output_file_id } = await world.owner.job(jobId);
			ends.push(status);
			if (status === 'succeeded') expect((await cancels.get(jobId))?.status).toBe(409);
			await waitFor(() => expect(world.files.published.get(jobId)).toBe(output_file_id));
		}
		expect([...new Set(ends)].sort()).toEqual(['canceled', 'succeeded']);
	});
});
