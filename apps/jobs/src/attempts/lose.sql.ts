import { afterCommit } from '@creatorr/database/after-commit';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { requestWorkerAgain } from '../dispatch/request-worker.sql.ts';
import { IS_ACTIVE } from '../lifecycle/dispatch-state.sql.ts';
import { failJob } from '../lifecycle/end-job.sql.ts';
import { type LockedJob, lockJob } from '../lifecycle/job.sql.ts';
import { countLost } from '../lifecycle/job-metrics.ts';
import { failureAfterLoss } from './transitions.ts';

export interface LostAttempt {
	jobId: string;
	attempt: number;
	workerId: string | null;
	/** Whether this loss failed the job. */
	failed: boolean;
}

/** Marks attempts with an expired lease as lost. Safe to run on several replicas at once: each job is checked again under its lock. */
export async function loseExpiredAttempts(prisma: Database): Promise<LostAttempt[]> {
	const candidates = await prisma.$queryRaw<{ id: string }[]>`
		SELECT id FROM jobs
		WHERE ${IS_ACTIVE} AND lease_expires_at < now()`;
	const lost: LostAttempt[] = [];
	for (const { id } of candidates) {
		const attempt = await loseAttempt(prisma, id);
		if (attempt) lost.push(attempt);
	}
	return lost;
}

async function loseAttempt(prisma: Database, jobId: string): Promise<LostAttempt | null> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job?.leaseExpiresAt || job.leaseExpiresAt >= job.now) return null;
		const failed = await loseLockedAttempt(tx, job);
		return { jobId, attempt: job.attempt, workerId: job.workerId, failed };
	});
}

/**
 * Counts the attempt of a locked, running job as lost, and requests another worker or fails the job. Returns whether the job has
 * failed. The attempt stays the current one until the next is granted, in case its worker comes back.
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
