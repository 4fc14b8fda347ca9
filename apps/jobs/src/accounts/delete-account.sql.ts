import { jobCanceled, newEvent } from '@creatorr/contracts/events';
import { applyOnce } from '@creatorr/database/inbox';
import { deleteOperatorActions } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { notifyJobChanged } from '../lifecycle/job.sql.ts';
import { lockUser } from './accounts.sql.ts';

interface DeleteInput {
	eventId: string;
	userId: string;
	requestId: string;
}

/**
 * Deletes an account in one short transaction: it gets no further jobs, and the workers of running jobs are told to stop.
 * {@link eraseNextBatch} deletes the ended jobs and the idempotency keys. Remembers the user id, so that late events add nothing.
 */
export async function deleteAccount(prisma: Database, input: DeleteInput): Promise<void> {
	const once = { eventId: input.eventId, consumer: 'jobs.account-deleted' };
	await inTransaction(prisma, (tx) => applyOnce(tx, once, () => markDeleted(tx, input)));
}

async function markDeleted(tx: Tx, { userId, requestId }: DeleteInput): Promise<void> {
	await lockUser(tx, userId);
	// The plan limits the number of unfinished jobs, so the transaction stays short.
	const unfinished = await lockUnfinishedJobs(tx, userId);
	for (const job of unfinished) {
		if (job.running) await addToOutbox(tx, newEvent(jobCanceled, { job_id: job.id }, requestId));
		await notifyJobChanged(tx, job.id);
	}
	await tx.job.deleteMany({ where: { id: { in: unfinished.map(({ id }) => id) } } });
	await tx.account.deleteMany({ where: { userId } });
	await tx.lastRun.deleteMany({ where: { userId } });
	await tx.computeUsage.deleteMany({ where: { userId } });
	await deleteOperatorActions(tx, userId);
	await tx.deletedUser.createMany({ data: [{ userId, deletedAt: new Date() }], skipDuplicates: true });
	await tx.accountDeletion.createMany({ data: [{ userId }], skipDuplicates: true });
}

async function lockUnfinishedJobs(tx: Tx, userId: string): Promise<{ id: string; running: boolean }[]> {
	return await tx.$queryRaw`
		SELECT id, status = 'running' AS running FROM jobs
		WHERE user_id = ${userId} AND status IN ('queued', 'running') ORDER BY id FOR UPDATE`;
}

/** A transaction locks the rows of a batch for a fraction of a second, however many jobs an account has. */
const BATCH_SIZE = 1_000;

/**
 * Deletes the next batch of jobs and idempotency keys of a deleted account, and returns the number of deleted jobs. Accounts take turns.
 * Skips accounts that another process erases at this moment, and returns null when no other is left. A batch that fails is repeated later.
 */
export async function eraseNextBatch(prisma: Database): Promise<number | null> {
	return await inTransaction(prisma, async (tx) => {
		const [deletion] = await tx.$queryRaw<{ userId: string }[]>`
			SELECT user_id AS "userId" FROM account_deletions ORDER BY queued_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
		if (!deletion) return null;
		const { userId } = deletion;
		const jobs = await tx.$executeRaw`
			DELETE FROM jobs WHERE id IN (
				SELECT id FROM jobs WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${BATCH_SIZE} FOR UPDATE)`;
		const keys = await tx.$executeRaw`
			DELETE FROM idempotency_keys WHERE user_id = ${userId} AND key IN (
				SELECT key FROM idempotency_keys WHERE user_id = ${userId} ORDER BY key LIMIT ${BATCH_SIZE} FOR UPDATE)`;
		if (jobs < BATCH_SIZE && keys < BATCH_SIZE) await tx.accountDeletion.delete({ where: { userId } });
		else
			await tx.$executeRaw`
				UPDATE account_deletions SET queued_at = clock_timestamp() WHERE user_id = ${userId}`;
		return jobs;
	});
}
