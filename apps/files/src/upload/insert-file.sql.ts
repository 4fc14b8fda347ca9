import { inTransaction } from '@creatorr/database/transaction';
import { lockStorageUse, type StorageOwner, type StorageUse } from '../accounts/accounts.sql.ts';
import type { FileRecord } from '../file.ts';
import { type Database, type Tx, toColumns } from '../files.sql.ts';

/**
 * Inserts the file that `fileFor` returns for its owner's storage use, which no concurrent insert changes. Returns null, and inserts
 * nothing, when the account was deleted. Throws what `fileFor` throws.
 */
export function insertFile(
	prisma: Database,
	owner: StorageOwner,
	fileFor: (use: StorageUse) => FileRecord,
): Promise<FileRecord | null> {
	return inTransaction(prisma, async (tx: Tx) => {
		const use = await lockStorageUse(tx, owner);
		if (!use) return null;
		const file = fileFor(use);
		const { planVersion } = use;
		await tx.file.create({ data: { ...toColumns(file), planVersion, sweepAt: file.abandonAt } });
		return file;
	});
}
