import type { FileRecord } from '../file.ts';
import { type Database, toRecord } from '../files.sql.ts';
import { Prisma } from '../generated/client.ts';

/** Returns the rows with these keys that may have bytes in the store, the keys of the other rows, and the database's time. */
export async function findStored(
	prisma: Database,
	keys: readonly string[],
): Promise<{ files: FileRecord[]; removedKeys: Set<string>; now: Date }> {
	const rows = await prisma.file.findMany({ where: { storageKey: { in: [...keys] } } });
	const stored = rows.filter(({ bytesRemovedAt }) => bytesRemovedAt === null);
	const removed = rows.filter(({ bytesRemovedAt }) => bytesRemovedAt !== null);
	const [time] = await prisma.$queryRaw<{ now: Date }[]>`SELECT now()::timestamptz(3) AS now`;
	if (!time) throw new Error('the database returned no time');
	const removedKeys = new Set(removed.map(({ storageKey }) => storageKey));
	return { files: stored.map(toRecord), removedKeys, now: time.now };
}

/** Replaces the ETag of a ready file, unless its row has changed since it was read; then returns false. */
export async function replaceEtag(prisma: Database, file: FileRecord, etag: string): Promise<boolean> {
	const { count } = await prisma.file.updateMany({
		where: { id: file.id, status: 'ready', etag: file.etag, deletedAt: null },
		data: { etag },
	});
	return count > 0;
}

interface KeyRange {
	after: string;
	/** Includes this key; null: up to the last. */
	upTo: string | null;
	except: readonly string[];
	limit: number;
}

/** Returns up to `limit` ready rows in a range of keys, without those in `except`, in the byte order of keys. */
export async function findReady(
	prisma: Database,
	{ after, upTo, except, limit }: KeyRange,
): Promise<FileRecord[]> {
	const end = upTo === null ? Prisma.empty : Prisma.sql`AND storage_key COLLATE "C" <= ${upTo}`;
	// With this LIMIT, either `limit` rows remain after the exceptions, or these are all rows of the range.
	const found = await prisma.$queryRaw<{ id: string; key: string }[]>`
		SELECT id, storage_key AS key FROM files
		WHERE status = 'ready' AND deleted_at IS NULL AND storage_key COLLATE "C" > ${after} ${end}
		ORDER BY storage_key COLLATE "C" LIMIT ${except.length + limit}`;
	const excepted = new Set(except);
	const ids = found.flatMap(({ id, key }) => (excepted.has(key) ? [] : [id])).slice(0, limit);
	const rows = await prisma.file.findMany({ where: { id: { in: ids } } });
	return rows.map(toRecord).toSorted((one, other) => (one.storageKey < other.storageKey ? -1 : 1));
}
