import { inTransaction } from '@creatorr/database/transaction';
import { failureAfterLoss, isCurrentAttempt } from '../domain/attempt.ts';
import { failJob } from './end-job.ts';
import { type LockedJob, lockJob } from './lock-job.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { requestWorkerAgain } from './request-worker.ts';

/** Counts a locked, running job's attempt as lost: another worker is asked for, or the job has failed, which is answered. */
export async function loseLockedAttempt(tx: Tx, job: LockedJob): Promise<boolean> {
	await tx.job.update({
		where: { id: job.id },
		data: { lostAttempts: { increment: 1 } },
		select: { id: true },
	});
	const failure = failureAfterLoss(job);
	if (failure) return await failJob(tx, job, failure);
	await requestWorkerAgain(tx, job);
	return false;
}

/** Counts an attempt as lost if it is still the current one. */
export async function loseAttempt(
	prisma: PrismaClient,
	{ jobId, attempt }: { jobId: string; attempt: number },
): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (job && isCurrentAttempt(job, attempt)) await loseLockedAttempt(tx, job);
	});
}
