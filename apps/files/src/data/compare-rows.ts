import type { FileRecord } from '../domain/file.ts';
import type { KeyRange } from '../domain/ports.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { toRecord } from './file-row.ts';

/** Rows that are behind these keys and may have bytes there, with the time of the database. */
export async function findStored(
	prisma: PrismaClient,
	keys: readonly string[],
): Promise<{ files: FileRecord[]; now: Date }> {
	const rows = await prisma.file.findMany({
		where: { storageKey: { in: [...keys] }, bytesRemovedAt: null },
	});
	const [time] = await prisma.$queryRaw<{ now: Date }[]>`SELECT now()::timestamptz(3) AS now`;
	if (!time) throw new Error('the database does not tell the time');
	return { files: rows.map(toRecord), now: time.now };
}

/** Up to `limit` ready rows in this range of keys but for the keys in `except`, in the order of the keys' bytes. */
export async function findReady(
	prisma: PrismaClient,
	{ after, upTo, except, limit }: KeyRange & { except: readonly string[]; limit: number },
): Promise<FileRecord[]> {
	const end = upTo === null ? Prisma.empty : Prisma.sql`AND storage_key COLLATE "C" <= ${upTo}`;
	// Of so many rows at least `limit` are none of the keys, or these are all rows of the range.
	const found = await prisma.$queryRaw<{ id: string; key: string }[]>`
		SELECT id, storage_key AS key FROM files
		WHERE status = 'ready' AND deleted_at IS NULL AND storage_key COLLATE "C" > ${after} ${end}
		ORDER BY storage_key COLLATE "C" LIMIT ${except.length + limit}`;
	const excepted = new Set(except);
	const ids = found.flatMap(({ id, key }) => (excepted.has(key) ? [] : [id])).slice(0, limit);
	const rows = await prisma.file.findMany({ where: { id: { in: ids } } });
	return rows.map(toRecord).toSorted((one, other) => (one.storageKey < other.storageKey ? -1 : 1));
}
