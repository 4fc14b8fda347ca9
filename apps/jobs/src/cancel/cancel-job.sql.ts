import { jobCanceled, newEvent } from '@creatorr/contracts/events';
import type { Job } from '@creatorr/contracts/jobs';
import { recordOperatorAction } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { isAccountDeleted, lockUser } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { cancelLockedJob } from '../lifecycle/end-job.sql.ts';
import { JOB_COLUMNS, type LockedJob, lockJob, toJob } from '../lifecycle/job.sql.ts';

interface CancelInput {
	jobId: string;
	userId: string;
	requestId: string;
}

/** Cancels a queued or running job and notifies its worker. Returns `not_found` also for another user's job. */
export async function cancelOwnJob(
	prisma: Database,
	{ jobId, userId, requestId }: CancelInput,
): Promise<Job | 'not_found' | 'ended'> {
	return await inTransaction(prisma, async (tx) => {
		const job = await lockJob(tx, jobId);
		if (job?.userId !== userId) return 'not_found';
		if (!(await cancelAndNotifyWorker(tx, job, requestId))) return 'ended';
		return toJob(await tx.job.findUniqueOrThrow({ where: { id: jobId }, select: JOB_COLUMNS }));
	});
}

interface CancelAllInput {
	userId: string;
	by: { operator: string; reason: string };
	requestId: string;
}

/** A user has up to a thousand queued jobs and some that run. */
const CANCEL_ALL_TIMEOUT_MS = 60_000;

/**
 * Cancels all of a user's jobs that have not ended, and notifies their workers. Returns how many, or null when the account was deleted;
 * then nothing is recorded.
 */
export async function cancelAllJobs(
	prisma: Database,
	{ userId, by, requestId }: CancelAllInput,
): Promise<number | null> {
	return await inTransaction(
		prisma,
		async (tx) => {
			await lockUser(tx, userId);
			if (await isAccountDeleted(tx, userId)) return null;
			let canceled = 0;
			for (const jobId of await listUnfinished(tx, userId)) {
				const job = await lockJob(tx, jobId);
				if (job && (await cancelAndNotifyWorker(tx, job, requestId))) canceled += 1;
			}
			await recordOperatorAction(tx, { ...by, action: 'jobs_canceled', userId });
			return canceled;
		},
		{ timeout: CANCEL_ALL_TIMEOUT_MS },
	);
}

async function cancelAndNotifyWorker(tx: Tx, job: LockedJob, requestId: string): Promise<boolean> {
	if (!(await cancelLockedJob(tx, job))) return false;
	if (job.status === 'running') await addToOutbox(tx, newEvent(jobCanceled, { job_id: job.id }, requestId));
	return true;
}

async function listUnfinished(tx: Tx, userId: string): Promise<string[]> {
	const rows = await tx.job.findMany({
		where: { userId, status: { in: ['queued', 'running'] } },
		orderBy: { id: 'asc' },
		select: { id: true },
	});
	return rows.map(({ id }) => id);
}
