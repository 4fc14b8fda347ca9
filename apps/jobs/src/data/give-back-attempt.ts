import { inTransaction } from '@creatorr/database/transaction';
import { isCurrentAttempt } from '../domain/attempt.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient } from './prisma.ts';
import { endAttempt, requestWorkerAgain } from './request-worker.ts';

/**
 * Takes an attempt back from a worker that stops: another worker is asked for at once, nothing counts as lost, and the job
 * stays running with its progress, which may not go back. An attempt that is not the worker's any more is left alone.
 */
export async function giveBackAttempt(
	prisma: PrismaClient,
	{ jobId, attempt }: { jobId: string; attempt: number },
): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || !isCurrentAttempt(job, attempt)) return;
		await endAttempt(tx, jobId);
		await requestWorkerAgain(tx, job);
	});
}
