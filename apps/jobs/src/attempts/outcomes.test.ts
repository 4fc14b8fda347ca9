import { jobFinished, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { pause, until } from '@creatorr/testing/until';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { failed, succeeded } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
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

describe('a success', () => {
	test('publishes the output before the job shows it', async () => {
		const { jobId, attempt } = await running();
		let statusWhilePublishing = '';
		world.files.onPublish = async () => {
			statusWhilePublishing = (await user.job(jobId)).status;
		};
		const output = newId('fil');
		await world.bus.finish(jobId, attempt, succeeded(output));
		await untilStatus(jobId, 'succeeded');
		expect(statusWhilePublishing).toBe('running');
		expect(world.files.published.get(jobId)).toBe(output);
		expect(await user.job(jobId)).toMatchObject({
			progress: 100,
			output_file_id: output,
			finished_at: expect.any(String),
			result: { bytes_in: 10, bytes_out: 5, duration_ms: 7, warnings: ['unchanged: as it was'], pages: 3 },
		});
	});

	test('is applied once, however often it is delivered', async () => {
		const { jobId, attempt } = await running();
		const event = await world.bus.finish(jobId, attempt, succeeded());
		for (let times = 0; times < 5; times++) await world.bus.publish(event);
		await untilStatus(jobId, 'succeeded');
		const first = await user.job(jobId);
		await world.bus.publish(newEvent(jobFinished, event.data, newId('req')));
		await outcomesHandled();
		expect(await user.job(jobId)).toEqual(first);
		expect(world.files.discarded.has(jobId)).toBe(false);
	});

	test('keeps the output when it is delivered again after the job was deleted', async () => {
		const { jobId, attempt } = await running();
		const event = await world.bus.finish(jobId, attempt, succeeded());
		await untilStatus(jobId, 'succeeded');
		await user.remove(jobId);
		await world.bus.publish(event);
		await world.bus.publish(newEvent(jobFinished, event.data, newId('req')));
		await outcomesHandled();
		expect(world.files.published.has(jobId)).toBe(true);
	});

	test('waits until files responds, and no other worker gets the job meanwhile', async () => {
		const { jobId, attempt } = await running();
		const output = newId('fil');
		world.files.outputErrors.set(output, 'upstream_unavailable');
		await world.bus.finish(jobId, attempt, succeeded(output));
		await pause(500);
		expect((await user.job(jobId)).status).toBe('running');
		const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		expect(row.leaseExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 20_000);
		world.files.outputErrors.delete(output);
		await untilStatus(jobId, 'succeeded');
	});

	test('is held against its own worker, which claims the job again after a repeated message', async () => {
		const { jobId, attempt } = await running();
		let answer: unknown;
		world.files.onPublish = async () => {
			answer = await worker.claim(jobId);
		};
		await world.bus.finish(jobId, attempt, succeeded());
		await untilStatus(jobId, 'succeeded');
		expect(answer).toEqual({ answer: 'held' });
	});

	test.each(['not_found', 'file_not_uploaded'] as const)(
		'counts as a lost attempt when its output is %s: the job runs again',
		async (trouble) => {
			const jobId = await user.enqueue();
			await until(() => expect(world.bus.timesRequested(jobId)).toBe(1));
			const attempt = await worker.take(jobId);
			const output = newId('fil');
			world.files.outputErrors.set(output, trouble);
			const event = await world.bus.finish(jobId, attempt, succeeded(output));
			await world.bus.publish(event);
			await until(() => expect(world.bus.timesRequested(jobId)).toBe(2));
			await outcomesHandled();
			const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
			expect([row.status, row.lostAttempts]).toEqual(['running', 1]);
			expect(await worker.take(jobId)).toBe(2);
		},
	);
});

describe('a failure', () => {
	test('shows the worker’s message, and its outputs are discarded', async () => {
		const { jobId, attempt } = await running();
		await world.bus.finish(jobId, attempt, failed);
		await untilStatus(jobId, 'failed');
		const job = await user.job(jobId);
		expect(job).toMatchObject({
			error_code: 'corrupt_input',
			error_message: 'this PDF is damaged; save it again and retry',
			finished_at: expect.any(String),
		});
		expect(job).not.toHaveProperty('output_file_id');
		await until(() => expect(world.files.discarded.has(jobId)).toBe(true));
	});
});
