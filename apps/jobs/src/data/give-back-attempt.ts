import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import { isCurrentAttempt } from '../domain/attempt.ts';
import { countReturned } from '../job-metrics.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient } from './prisma.ts';
import { deferToBackground, endAttempt, requestWorkerAgain } from './request-worker.ts';

interface Returned {
	jobId: string;
	attempt: number;
	/** The job takes long, and its worker has no background slot for it. */
	background?: boolean | undefined;
	/** How long the tool is expected to take, where the worker knows. */
	expectedSeconds?: number | undefined;
}

/**
 * Takes an attempt back from a worker that stops, or that has no background slot for a job that takes long: another worker is
 * asked for, at once or when there is a slot. Nothing counts as lost, and the job stays running with its progress, which may not
 * go back. An attempt that is not the worker's any more is left alone.
 */
export async function giveBackAttempt(prisma: PrismaClient, returned: Returned): Promise<void> {
	const { jobId, attempt, background = false, expectedSeconds } = returned;
	await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || !isCurrentAttempt(job, attempt)) return;
		await endAttempt(tx, jobId);
		await tx.$executeRaw`
			UPDATE jobs SET returned_attempts = least(returned_attempts + 1, 32767) WHERE id = ${jobId}`;
		if (background) await deferToBackground(tx, jobId, expectedSeconds);
		else await requestWorkerAgain(tx, job);
		afterCommit(tx, () => countReturned(job.tool, background ? 'no_background_slot' : 'shutdown'));
	});
}
