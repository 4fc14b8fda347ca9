import { inTransaction } from '@creatorr/database/transaction';
import type { FileRecord } from '../domain/file.ts';
import { later } from '../domain/policy.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { holdPlan } from './accounts.ts';
import { deletion } from './file-row.ts';
import type { KeepingOf } from './keep-rows.ts';

/**
 * Shows an output and deletes, in one step, the one that was shown before and those of earlier attempts; of two that are
 * published at once the later stays. False when the output is deleted, or its owner's account.
 */
export function publishOutput(
	prisma: PrismaClient,
	output: FileRecord,
	keepingOf: KeepingOf,
): Promise<boolean> {
	const { id, jobId, userId } = output;
	return inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
		const plan = await holdPlan(tx, userId);
		if (plan === null) return false;
		// One publication of a job after the other, and no deadlock between two.
		await tx.$queryRaw`SELECT id FROM files WHERE job_id = ${jobId} ORDER BY id FOR UPDATE`;
		const current = await tx.file.findFirst({ where: { id, deletedAt: null } });
		if (!current) return false;
		if (current.publishedAt !== null) return true;
		// A newer one that waits stays: it is a later attempt's, which may have to take this one's place.
		const replaced = [{ publishedAt: { not: null } }, { id: { lt: id } }];
		await tx.file.updateMany({ where: { jobId, deletedAt: null, OR: replaced }, data: deletion() });
		const { storageTier, lifetimeMs } = keepingOf(plan);
		const publishedAt = new Date();
		const expiresAt = later(publishedAt, lifetimeMs);
		await tx.file.update({
			where: { id },
			data: { publishedAt, expiresAt, sweepAt: expiresAt, storageTier },
		});
		return true;
	});
}
