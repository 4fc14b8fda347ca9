import { inTransaction } from '@creatorr/database/transaction';
import { UNDELIVERABLE } from '../domain/attempt.ts';
import { failJob } from './end-job.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient } from './prisma.ts';

/**
 * Fails a job whose request no worker could take; false when it has ended or a worker has it all the same, as a request may
 * have been sent twice.
 */
export async function failUndeliverable(prisma: PrismaClient, jobId: string): Promise<boolean> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (!job || job.leaseExpiresAt) return false;
		return await failJob(tx, job, UNDELIVERABLE);
	});
}
