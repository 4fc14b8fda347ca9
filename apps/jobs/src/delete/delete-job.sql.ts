import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import { notifyJobChanged } from '../lifecycle/job.sql.ts';
import { TERMINAL_STATUSES } from '../lifecycle/job-status.ts';

/** Deletes a terminal job of the user. Returns false when there is none. */
export async function deleteEndedJob(
	prisma: Database,
	{ jobId, userId }: { jobId: string; userId: string },
): Promise<boolean> {
	return await inTransaction(prisma, async (tx) => {
		const where = { id: jobId, userId, status: { in: TERMINAL_STATUSES } };
		const { count } = await tx.job.deleteMany({ where });
		if (count > 0) await notifyJobChanged(tx, jobId);
		return count > 0;
	});
}
