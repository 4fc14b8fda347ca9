import { pause, until } from '@creatorr/testing/until';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { failed, succeeded } from '../testing/bus.ts';
import type { Answer, User } from '../testing/user.ts';
import type { Worker } from '../testing/worker.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
let user: User;
let worker: Worker;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
	user = world.user();
	worker = world.worker('one');
	await worker.heartbeat({ compress_heavy: 1_000 });
});

beforeEach(() => {
	world.files.onPublish = async () => undefined;
});

afterAll(async () => {
	await world?.stop();
});

async function running(): Promise<{ jobId: string; attempt: number }> {
	const jobId = await user.enqueue();
	return { jobId, attempt: await worker.take(jobId) };
}

async function untilStatus(jobId: string, status: string): Promise<void> {
	await until(async () => expect((await user.job(jobId)).status).toBe(status));
}

/** Resolves once all outcomes that were published before have been handled. */
async function outcomesHandled(): Promise<void> {
	const { jobId, attempt } = await running();
	await world.bus.finish(jobId, attempt, failed);
	await untilStatus(jobId, 'failed');
	await pause(100);
}

describe('canceling', () => {
	test('returns 200 and ends a queued job', async () => {
		const jobId = await user.enqueue();
		const answer = await user.cancel(jobId);
		expect([answer.status, answer.body.data]).toEqual([200, await user.job(jobId)]);
		expect(answer.body.data).toMatchObject({ status: 'canceled', finished_at: expect.any(String) });
	});

	test('tells the worker of a running job', async () => {
		const { jobId } = await running();
		await user.cancel(jobId);
		await until(() => expect(world.bus.canceled).toContain(jobId));
	});

	test('returns 409 when the job is terminal', async () => {
		const jobId = await user.enqueue();
		await user.cancel(jobId);
		const answer = await user.cancel(jobId);
		expect([answer.status, answer.body.error.code]).toEqual([409, 'job_finished']);
	});

	test('returns 404 and changes nothing when the job belongs to another user', async () => {
		const jobId = await user.enqueue();
		expect((await world.user().cancel(jobId)).status).toBe(404);
		expect((await user.job(jobId)).status).toBe('queued');
	});

	test('discards the output when it is being published', async () => {
		const { jobId, attempt } = await running();
		world.files.onPublish = async () => {
			await user.cancel(jobId);
		};
		await world.bus.finish(jobId, attempt, succeeded());
		await until(() => expect(world.files.discarded.has(jobId)).toBe(true));
		expect((await user.job(jobId)).status).toBe('canceled');
		expect(world.files.published.has(jobId)).toBe(false);
	});

	test('discards the output when it is being published and the job is deleted', async () => {
		const { jobId, attempt } = await running();
		world.files.onPublish = async () => {
			await user.cancel(jobId);
			await user.remove(jobId);
		};
		await world.bus.finish(jobId, attempt, succeeded());
		await until(() => expect(world.files.discarded.has(jobId)).toBe(true));
		expect(world.files.published.has(jobId)).toBe(false);
	});

	test('and finishing in both orders and at once, a hundred times, gives each job one outcome', async () => {
		const cancels = new Map<string, Promise<Answer>>();
		const cancelSoon = (jobId: string, afterMs: number) => {
			cancels.set(
				jobId,
				pause(afterMs).then(() => user.cancel(jobId)),
			);
		};
		const delaysMs = new Map<string, number>();
		world.files.onPublish = async (jobId) => {
			const afterMs = delaysMs.get(jobId);
			if (afterMs !== undefined) cancelSoon(jobId, afterMs);
		};
		async function play(round: number): Promise<string> {
			const { jobId, attempt } = await running();
			if (round % 4 === 0) cancelSoon(jobId, round / 10);
			if (round % 4 === 1) delaysMs.set(jobId, round / 5);
			if (round % 4 === 2) await user.cancel(jobId);
			await world.bus.finish(jobId, attempt, succeeded());
			if (round % 4 === 3) await untilStatus(jobId, 'succeeded');
			if (round % 4 > 1) cancelSoon(jobId, 0);
			return jobId;
		}
		const jobIds: string[] = [];
		for (let round = 0; round < 100; round += 10) {
			jobIds.push(...(await Promise.all(Array.from({ length: 10 }, (_, index) => play(round + index)))));
		}
		await outcomesHandled();
		const ends: string[] = [];
		for (const jobId of jobIds) {
			const { status, output_file_id } = await user.job(jobId);
			ends.push(status);
			if (status === 'succeeded') expect((await cancels.get(jobId))?.status).toBe(409);
			await until(() => expect(world.files.published.get(jobId)).toBe(output_file_id));
		}
		expect([...new Set(ends)].sort()).toEqual(['canceled', 'succeeded']);
	});
});
