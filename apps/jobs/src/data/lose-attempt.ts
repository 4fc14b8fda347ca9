import { afterCommit } from '@creatorr/database/after-commit';
import { applyOnce } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import { failureAfterLoss, isCurrentAttempt } from '../domain/attempt.ts';
import { countLost } from '../job-metrics.ts';
import { failJob } from './end-job.ts';
import { type LockedJob, lockJob } from './lock-job.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { endAttempt, requestWorkerAgain } from './request-worker.ts';
import { JOB_FINISHED_CONSUMER } from './settle-attempt.ts';

/**
 * Counts a locked, running job's attempt as lost: another worker is asked for, or the job has failed, which is answered. The
 * attempt stays the current one until the next is granted, should its worker come back.
 */
export async function loseLockedAttempt(tx: Tx, job: LockedJob): Promise<boolean> {
	await tx.job.update({
		where: { id: job.id },
		data: { lostAttempts: { increment: 1 } },
		select: { id: true },
	});
	afterCommit(tx, () => countLost(job.tool));
	const failure = failureAfterLoss(job);
	if (failure) return await failJob(tx, job, failure);
	await requestWorkerAgain(tx, job);
	return false;
}

/** Counts the current attempt as lost though its worker lives, and ends it: nothing more is wanted of it. */
export async function loseAttempt(
	prisma: PrismaClient,
	{ eventId, jobId, attempt }: { eventId: string; jobId: string; attempt: number },
): Promise<void> {
	await inTransaction(prisma, async (tx) => {
		await applyOnce(tx, { eventId, consumer: JOB_FINISHED_CONSUMER }, async () => {
			const job = await lockJob(tx, jobId);
			if (!job || !isCurrentAttempt(job, attempt)) return;
			await loseLockedAttempt(tx, job);
			await endAttempt(tx, jobId);
		});
	});
}
