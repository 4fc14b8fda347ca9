import { jobCanceled, newEvent } from '@creatorr/contracts/events';
import { recordOperatorAction } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { cancelLockedJob } from './end-job.ts';
import { lockJob } from './lock-job.ts';
import type { PrismaClient, Tx } from './prisma.ts';
import { isDeleted, lockUser } from './users.ts';

interface CancelAllInput {
	userId: string;
	by: { operator: string; reason: string };
	requestId: string;
}

/** A thousand jobs wait at most, and some run. */
const TIMEOUT_MS = 60_000;

/**
 * Cancels all of a user's jobs that have not ended, and has their workers told; answers how many, and null where the account is
 * gone, of which nothing is kept.
 */
export async function cancelAll(
	prisma: PrismaClient,
	{ userId, by, requestId }: CancelAllInput,
): Promise<number | null> {
	return await inTransaction(
		prisma,
		async (tx) => {
			await lockUser(tx, userId);
			if (await isDeleted(tx, userId)) return null;
			let canceled = 0;
			for (const jobId of await listUnfinished(tx, userId)) {
				const job = await lockJob(tx, jobId);
				if (!job || !(await cancelLockedJob(tx, job))) continue;
				canceled += 1;
				if (job.status === 'running')
					await addToOutbox(tx, newEvent(jobCanceled, { job_id: jobId }, requestId));
			}
			await recordOperatorAction(tx, { ...by, action: 'jobs_canceled', userId });
			return canceled;
		},
		{ timeout: TIMEOUT_MS },
	);
}

async function listUnfinished(tx: Tx, userId: string): Promise<string[]> {
	const rows = await tx.job.findMany({
		where: { userId, status: { in: ['queued', 'running'] } },
		orderBy: { id: 'asc' },
		select: { id: true },
	});
	return rows.map(({ id }) => id);
}
