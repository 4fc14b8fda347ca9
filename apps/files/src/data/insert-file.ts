import { inTransaction } from '@creatorr/database/transaction';
import type { Standing } from '../domain/admit-upload.ts';
import type { FileRecord } from '../domain/file.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { holdStanding } from './accounts.ts';
import { toColumns } from './file-row.ts';

/**
 * Keeps the file that `make` makes of its owner's standing, which stays as it is until the file is there; null, with nothing
 * kept, when the account was deleted. Throws what `make` throws.
 */
export function insertFile(
	prisma: PrismaClient,
	userId: string,
	make: (standing: Standing) => FileRecord,
): Promise<FileRecord | null> {
	return inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
		const standing = await holdStanding(tx, userId);
		if (!standing) return null;
		const file = make(standing);
		const { planVersion } = standing;
		await tx.file.create({ data: { ...toColumns(file), planVersion, sweepAt: file.abandonAt } });
		return file;
	});
}
