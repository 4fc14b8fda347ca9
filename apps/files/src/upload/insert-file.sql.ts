import { inTransaction } from '@creatorr/database/transaction';
import { lockStorageUse, type StorageUse, type StorageUseFilter } from '../accounts/accounts.sql.ts';
import type { FileRecord } from '../file.ts';
import { type Database, type Tx, toColumns } from '../files.sql.ts';

/**
 * Locks the storage use, then inserts the file that `fileFor` builds from it. Returns null, and inserts nothing, if the account was deleted.
 * Throws what `fileFor` throws.
 */
export function insertFile(
	prisma: Database,
	filter: StorageUseFilter,
	fileFor: (use: StorageUse) => FileRecord,
): Promise<FileRecord | null> {
	return inTransaction(prisma, async (tx: Tx) => {
		const use = await lockStorageUse(tx, filter);
		if (!use) return null;
		const file = fileFor(use);
		const { planVersion } = use;
		await tx.file.create({ data: { ...toColumns(file), planVersion, sweepAt: file.abandonAt } });
		return file;
	});
}
