import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@creatorr/testing/wait-for';
import { expect } from '@jest/globals';
import { failed } from './bus.ts';
import { MANY_ACTIVE, startWorld } from './world.ts';

export type AttemptWorld = Awaited<ReturnType<typeof startAttemptWorld>>;

/** Starts two replicas, with an `owner` of jobs and a `runner` that has a slot for each of them. */
export async function startAttemptWorld() {
	const world = await startWorld({ replicas: 2, overrides: MANY_ACTIVE });
	const owner = world.user();
	const runner = world.worker('one');
	await runner.heartbeat({ compress_heavy: 1_000 });

	/** Creates a job that the runner claims. */
	async function running(): Promise<{ jobId: string; attempt: number }> {
		const jobId = await owner.enqueue();
		return { jobId, attempt: await runner.take(jobId) };
	}

	async function untilStatus(jobId: string, status: string): Promise<void> {
		await waitFor(async () => expect((await owner.job(jobId)).status).toBe(status));
	}

	/** Resolves once all outcomes that were published before have been handled. */
	async function outcomesHandled(): Promise<void> {
		const { jobId, attempt } = await running();
		await world.bus.finish(jobId, attempt, failed);
		await untilStatus(jobId, 'failed');
		await sleep(100);
	}

	return { ...world, owner, runner, running, untilStatus, outcomesHandled };
}
