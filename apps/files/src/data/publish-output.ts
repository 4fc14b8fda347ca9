import { inTransaction } from '@creatorr/database/transaction';
import type { FileRecord } from '../domain/file.ts';
import type { PrismaClient } from '../generated/client.ts';
import { deletion } from './file-row.ts';

/**
 * Shows an output and deletes the other outputs of its job, in one step; of two that are published at once the later stays. False
 * when the output is deleted.
 */
export function publishOutput(prisma: PrismaClient, output: FileRecord, expiresAt: Date): Promise<boolean> {
	const { id, jobId } = output;
	return inTransaction(prisma, async (tx: Pick<PrismaClient, 'file' | '$queryRaw'>) => {
		await tx.$queryRaw`SELECT id FROM files WHERE job_id = ${jobId} ORDER BY id FOR UPDATE`;
		const current = await tx.file.findFirst({ where: { id, deletedAt: null } });
		if (!current) return false;
		if (current.publishedAt !== null) return true;
		await tx.file.updateMany({ where: { jobId, id: { not: id }, deletedAt: null }, data: deletion() });
		await tx.file.update({
			where: { id },
			data: { publishedAt: new Date(), expiresAt, sweepAt: expiresAt },
		});
		return true;
	});
}
