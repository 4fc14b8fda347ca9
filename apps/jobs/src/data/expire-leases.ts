import { inTransaction } from '@creatorr/database/transaction';
import { lockJob } from './lock-job.ts';
import { loseLockedAttempt } from './lose-attempt.ts';
import type { PrismaClient } from './prisma.ts';

export interface LostAttempt {
	jobId: string;
	attempt: number;
	workerId: string | null;
	/** Its third loss: the job has failed. */
	failed: boolean;
}

/** Ends every lease that has run out. Replicas may do so at once: each job is looked at again under its lock. */
export async function expireLeases(prisma: PrismaClient): Promise<LostAttempt[]> {
	const candidates = await prisma.$queryRaw<{ id: string }[]>`
		SELECT id FROM jobs
		WHERE status IN ('queued', 'running') AND released_at IS NOT NULL AND lease_expires_at < now()`;
	const lost: LostAttempt[] = [];
	for (const { id } of candidates) {
		const one = await expireLease(prisma, id);
		if (one) lost.push(one);
	}
	return lost;
}

async function expireLease(prisma: PrismaClient, jobId: string): Promise<LostAttempt | null> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job?.leaseExpiresAt || job.leaseExpiresAt >= job.now) return null;
		const failed = await loseLockedAttempt(tx, job);
		return { jobId, attempt: job.attempt, workerId: job.workerId, failed };
	});
}
