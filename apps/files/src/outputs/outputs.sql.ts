import { inTransaction } from '@creatorr/database/transaction';
import { lockPlan } from '../accounts/accounts.sql.ts';
import type { FileRecord } from '../file.ts';
import { type Database, deletedColumns, type Tx, toRecord } from '../files.sql.ts';
import type { PlanDeps } from '../plans/plans.sql.ts';
import { addMs, retentionOf } from '../policy.ts';

/** Returns a job's output, published or not, unless it is deleted. */
export async function findOutput(prisma: Database, id: string): Promise<FileRecord | null> {
	const row = await prisma.file.findFirst({ where: { id, jobId: { not: null }, deletedAt: null } });
	return row && toRecord(row);
}

/**
 * Publishes an output and deletes, in one transaction, the one that was published before and those of earlier attempts. Of two
 * concurrent publications the later one stays. Returns false when the output or its owner's account is deleted.
 */
export function publish({ prisma, policy }: PlanDeps, output: FileRecord): Promise<boolean> {
	const { id, jobId, userId } = output;
	return inTransaction(prisma, async (tx: Tx) => {
		const plan = await lockPlan(tx, userId);
		if (plan === null) return false;
		// Serializes publications of one job, without deadlocks.
		await tx.$queryRaw`SELECT id FROM files WHERE job_id = ${jobId} ORDER BY id FOR UPDATE`;
		const current = await tx.file.findFirst({ where: { id, deletedAt: null } });
		if (!current) return false;
		if (current.publishedAt !== null) return true;
		// A newer unpublished one stays: it belongs to a later attempt, which may have to replace this one.
		const replaced = [{ publishedAt: { not: null } }, { id: { lt: id } }];
		await tx.file.updateMany({ where: { jobId, deletedAt: null, OR: replaced }, data: deletedColumns() });
		const { storageTier, lifetimeMs } = retentionOf(policy.plans, plan);
		const publishedAt = new Date();
		const expiresAt = addMs(publishedAt, lifetimeMs);
		await tx.file.update({
			where: { id },
			data: { publishedAt, expiresAt, sweepAt: expiresAt, storageTier },
		});
		return true;
	});
}

/** Deletes every output of a job, published or not. */
export async function deleteOutputs(prisma: Database, jobId: string): Promise<void> {
	await prisma.file.updateMany({ where: { jobId, deletedAt: null }, data: deletedColumns() });
}
