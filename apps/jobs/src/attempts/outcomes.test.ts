import { setTimeout as sleep } from 'node:timers/promises';
import { jobFinished, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { DEAD_LETTER_EXCHANGE } from '@creatorr/messaging/topology';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AttemptWorld, startAttemptWorld } from '../testing/attempt-world.ts';
import { failed, succeeded, withChannel } from '../testing/bus.ts';

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

describe('a success', () => {
	test('publishes the output before the job shows it', async () => {
		const { jobId, attempt } = await world.running();
		let statusWhilePublishing = '';
		world.files.onPublish = async () => {
			statusWhilePublishing = (await world.owner.job(jobId)).status;
		};
		const output = newId('fil');
		await world.bus.finish(jobId, attempt, succeeded(output));
		await world.untilStatus(jobId, 'succeeded');
		expect(statusWhilePublishing).toBe('running');
		expect(world.files.published.get(jobId)).toBe(output);
		expect(await world.owner.job(jobId)).toMatchObject({
			progress: 100,
			output_file_id: output,
			finished_at: expect.any(String),
			result: { bytes_in: 10, bytes_out: 5, duration_ms: 7, warnings: ['unchanged: as it was'], pages: 3 },
		});
	});

	test('is applied once, however often it is delivered', async () => {
		const { jobId, attempt } = await world.running();
		const event = await world.bus.finish(jobId, attempt, succeeded());
		for (let times = 0; times < 5; times++) await world.bus.publish(event);
		await world.untilStatus(jobId, 'succeeded');
		const first = await world.owner.job(jobId);
		await world.bus.publish(newEvent(jobFinished, event.data, newId('req')));
		await world.outcomesHandled();
		expect(await world.owner.job(jobId)).toEqual(first);
		expect(world.files.discarded.has(jobId)).toBe(false);
	});

	test('keeps the output when it is delivered again after the job was deleted', async () => {
		const { jobId, attempt } = await world.running();
		const event = await world.bus.finish(jobId, attempt, succeeded());
		await world.untilStatus(jobId, 'succeeded');
		await world.owner.remove(jobId);
		await world.bus.publish(event);
		await world.bus.publish(newEvent(jobFinished, event.data, newId('req')));
		await world.outcomesHandled();
		expect(world.files.published.has(jobId)).toBe(true);
	});

	test('waits until the files service responds, and no other worker gets the job meanwhile', async () => {
		const { jobId, attempt } = await world.running();
		const output = newId('fil');
		world.files.outputErrors.set(output, 'upstream_unavailable');
		await world.bus.finish(jobId, attempt, succeeded(output));
		await sleep(500);
		expect((await world.owner.job(jobId)).status).toBe('running');
		const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		expect(row.leaseExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 20_000);
		world.files.outputErrors.delete(output);
		await world.untilStatus(jobId, 'succeeded');
	});

	test('blocks claims while it is applied, also of its own worker after a repeated message', async () => {
		const { jobId, attempt } = await world.running();
		let claim: unknown;
		world.files.onPublish = async () => {
			claim = await world.runner.claim(jobId);
		};
		await world.bus.finish(jobId, attempt, succeeded());
		await world.untilStatus(jobId, 'succeeded');
		expect(claim).toEqual({ answer: 'held' });
	});

	test.each(['not_found', 'file_not_uploaded'] as const)(
		'counts as a lost attempt when its output is %s: the job runs again',
		async (failure) => {
			const jobId = await world.owner.enqueue();
			await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
			const attempt = await world.runner.take(jobId);
			const output = newId('fil');
			world.files.outputErrors.set(output, failure);
			const event = await world.bus.finish(jobId, attempt, succeeded(output));
			await world.bus.publish(event);
			await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
			await world.outcomesHandled();
			const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
			expect([row.status, row.lostAttempts]).toEqual(['running', 1]);
			expect(await world.runner.take(jobId)).toBe(2);
		},
	);
});

test('an outcome that is dead-lettered counts as a lost attempt, although its worker renews the lease: the job runs again', async () => {
	const jobId = await world.owner.enqueue();
	await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
	const attempt = await world.runner.take(jobId);
	const event = newEvent(jobFinished, { job_id: jobId, attempt, outcome: succeeded() }, newId('req'));
	await withChannel(world.host.url, async (channel) => {
		channel.publish(DEAD_LETTER_EXCHANGE, event.type, Buffer.from(JSON.stringify(event)));
		await channel.waitForConfirms();
	});
	await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
	const { stop } = await world.runner.heartbeat({ compress_heavy: 1_000 }, [{ job_id: jobId, attempt }]);
	expect(stop).toEqual([jobId]);
	const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
	expect([row.status, row.lostAttempts]).toEqual(['running', 1]);
});

describe('a failure', () => {
	test('shows the worker’s message, and its outputs are discarded', async () => {
		const { jobId, attempt } = await world.running();
		await world.bus.finish(jobId, attempt, failed);
		await world.untilStatus(jobId, 'failed');
		const job = await world.owner.job(jobId);
		expect(job).toMatchObject({
			error_code: 'corrupt_input',
			error_message: 'this PDF is damaged; save it again and retry',
			finished_at: expect.any(String),
		});
		expect(job).not.toHaveProperty('output_file_id');
		await waitFor(() => expect(world.files.discarded.has(jobId)).toBe(true));
	});
});
