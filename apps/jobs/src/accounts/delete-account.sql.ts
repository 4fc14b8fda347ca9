import { jobCanceled, newEvent } from '@creatorr/contracts/events';
import { applyOnce } from '@creatorr/database/inbox';
import { deleteOperatorActions } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient, Tx } from '../database.sql.ts';
import { notifyJobChanged } from '../lifecycle/job.sql.ts';
import { lockUser } from './accounts.sql.ts';

interface DeleteInput {
	eventId: string;
	userId: string;
	requestId: string;
}

/** A user can have tens of thousands of jobs. */
const TIMEOUT_MS = 60_000;

/** Deletes all data of a user and tells the workers of running jobs to stop. Remembers the user id, so that late events add nothing. */
export async function deleteAccount(prisma: PrismaClient, input: DeleteInput): Promise<void> {
	const once = { eventId: input.eventId, consumer: 'jobs.account-deleted' };
	await inTransaction(
		prisma,
		async (tx) => {
			await applyOnce(tx, once, async () => {
				await lockUser(tx, input.userId);
				for (const job of await lockUnfinishedJobs(tx, input.userId)) {
					if (job.running) await addToOutbox(tx, newEvent(jobCanceled, { job_id: job.id }, input.requestId));
					await notifyJobChanged(tx, job.id);
				}
				await tx.job.deleteMany({ where: { userId: input.userId } });
				await tx.idempotencyKey.deleteMany({ where: { userId: input.userId } });
				await tx.account.deleteMany({ where: { userId: input.userId } });
				await tx.lastRun.deleteMany({ where: { userId: input.userId } });
				await tx.computeUsage.deleteMany({ where: { userId: input.userId } });
				await deleteOperatorActions(tx, input.userId);
				await tx.deletedUser.createMany({
					data: [{ userId: input.userId, deletedAt: new Date() }],
					skipDuplicates: true,
				});
			});
		},
		{ timeout: TIMEOUT_MS },
	);
}

async function lockUnfinishedJobs(tx: Tx, userId: string): Promise<{ id: string; running: boolean }[]> {
	return await tx.$queryRaw`
		SELECT id, status = 'running' AS running FROM jobs
		WHERE user_id = ${userId} AND status IN ('queued', 'running') ORDER BY id FOR UPDATE`;
}
