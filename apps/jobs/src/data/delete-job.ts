import { inTransaction } from '@creatorr/database/transaction';
import { TERMINAL_STATUSES } from '../domain/job-status.ts';
import { notifyChanged } from './notify-changed.ts';
import type { PrismaClient } from './prisma.ts';

/** Removes a terminal job of the user; false when there is none. */
export async function deleteJob(
	prisma: PrismaClient,
	{ jobId, userId }: { jobId: string; userId: string },
): Promise<boolean> {
	return await inTransaction(prisma, async (tx) => {
		const where = { id: jobId, userId, status: { in: TERMINAL_STATUSES } };
		const { count } = await tx.job.deleteMany({ where });
		if (count > 0) await notifyChanged(tx, jobId);
		return count > 0;
	});
}
