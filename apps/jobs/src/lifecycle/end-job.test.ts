import { setTimeout as sleep } from 'node:timers/promises';
import { type EventOf, jobEnded, jobFinished, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { DEAD_LETTER_EXCHANGE, QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AttemptWorld, startAttemptWorld } from '../testing/attempt-world.ts';
import { failed, succeeded, withChannel } from '../testing/bus.ts';
import type { ApiResponse } from '../testing/user.ts';

let world: AttemptWorld;
let consumer: Consumer;
const ended: EventOf<typeof jobEnded>['data'][] = [];

beforeAll(async () => {
	world = await startAttemptWorld();
	consumer = startConsumer(world.bus.broker, {
		queue: QUEUES.webhooksJobEnded,
		definition: jobEnded,
		prefetch: 100,
		logger: silent,
		async handle({ data }) {
			ended.push(data);
		},
	});
});

beforeEach(() => {
	world.files.onPublish = async () => undefined;
});

afterAll(async () => {
	await consumer?.stop();
	await world?.stop();
});

test('every end of a job is published once, with its owner and no text of the document', async () => {
	const [success, failure, canceled] = [await world.running(), await world.running(), await world.running()];
	const outcome = await world.bus.finish(success.jobId, success.attempt, succeeded());
	await world.bus.publish(outcome);
	await world.bus.finish(failure.jobId, failure.attempt, failed);
	await world.owner.cancel(canceled.jobId);
	await world.owner.cancel(canceled.jobId);
	await world.outcomesHandled();
	const ids = [success.jobId, failure.jobId, canceled.jobId];
	const own = () => ended.filter(({ job_id }) => ids.includes(job_id));
	await waitFor(() => expect(own()).toHaveLength(3));
	const shared = { user_id: world.owner.id, tool: expect.any(String), input_file_id: expect.any(String) };
	const times = { created_at: expect.any(String), finished_at: expect.any(String) };
	expect(own()).toEqual(
		expect.arrayContaining([
			{
				...shared,
				...times,
				job_id: success.jobId,
				status: 'succeeded',
				bytes_in: 10,
				bytes_out: 5,
				output_file_id: expect.any(String),
			},
			{ ...shared, ...times, job_id: failure.jobId, status: 'failed', error_code: 'corrupt_input' },
			{ ...shared, ...times, job_id: canceled.jobId, status: 'canceled' },
		]),
	);
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

describe('an outcome that is dead-lettered', () => {
	const deadLetter = async (jobId: string, attempt: number) => {
		const event = newEvent(jobFinished, { job_id: jobId, attempt, outcome: succeeded() }, newId('req'));
		await withChannel(world.host.url, async (channel) => {
			channel.publish(DEAD_LETTER_EXCHANGE, event.type, Buffer.from(JSON.stringify(event)));
			await channel.waitForConfirms();
		});
	};

	test('counts as a lost attempt, although its worker renews the lease: the job runs again', async () => {
		const jobId = await world.owner.enqueue();
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
		const attempt = await world.runner.take(jobId);
		await deadLetter(jobId, attempt);
		await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(2));
		const { stop } = await world.runner.heartbeat({ compress_heavy: 1_000 }, [{ job_id: jobId, attempt }]);
		expect(stop).toEqual([jobId]);
		const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		expect([row.status, row.lostAttempts]).toEqual(['running', 1]);
	});

	test('fails the job if it is the third lost attempt, and an output that was published is discarded', async () => {
		const { jobId, attempt } = await world.running();
		await world.prisma.job.update({ where: { id: jobId }, data: { lostAttempts: 2 } });
		await deadLetter(jobId, attempt);
		await world.untilStatus(jobId, 'failed');
		await waitFor(() => expect(world.files.discarded.has(jobId)).toBe(true));
	});
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

describe('deleting a job', () => {
	/** Returns a job of the owner that has succeeded. */
	async function succeededJob(): Promise<string> {
		const { jobId, attempt } = await world.running();
		await world.bus.finish(jobId, attempt, succeeded());
		await world.untilStatus(jobId, 'succeeded');
		return jobId;
	}

	test('returns 204 when the job is terminal, and 404 from then on', async () => {
		const jobId = await succeededJob();
		expect((await world.owner.remove(jobId)).status).toBe(204);
		expect((await world.owner.read(jobId)).status).toBe(404);
		expect((await world.owner.remove(jobId)).status).toBe(404);
	});

	test('returns 400 when the job has not ended, and says what to do', async () => {
		const jobId = await world.owner.enqueue();
		const response = await world.owner.remove(jobId);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.message).toContain('cancel');
		expect((await world.owner.read(jobId)).status).toBe(200);
	});

	test('returns 404 and changes nothing when the job belongs to another user', async () => {
		const jobId = await succeededJob();
		expect((await world.user().remove(jobId)).status).toBe(404);
		expect((await world.owner.read(jobId)).status).toBe(200);
	});
});
