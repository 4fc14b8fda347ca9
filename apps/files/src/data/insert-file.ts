import { inTransaction } from '@creatorr/database/transaction';
import type { FileRecord } from '../domain/file.ts';
import { nextSweepAt } from '../domain/sweep/decide.ts';
import type { PrismaClient } from '../generated/client.ts';
import { toColumns } from './file-row.ts';

/**
 * Keeps a new file, unless its owner's account was deleted: then it resolves to false. The lock makes a deletion that comes at the
 * same moment wait, so that it finds the file.
 */
export function insertFile(prisma: PrismaClient, file: FileRecord): Promise<boolean> {
	return inTransaction(prisma, async (tx: Pick<PrismaClient, 'account' | 'file' | '$queryRaw'>) => {
		await tx.account.createMany({ data: [{ userId: file.userId }], skipDuplicates: true });
		const accounts = await tx.$queryRaw<{ deleted: boolean }[]>`
			SELECT deleted_at IS NOT NULL AS deleted FROM accounts WHERE user_id = ${file.userId} FOR SHARE`;
		if (accounts[0]?.deleted !== false) return false;
		await tx.file.create({ data: { ...toColumns(file), sweepAt: nextSweepAt(file) } });
		return true;
	});
}
