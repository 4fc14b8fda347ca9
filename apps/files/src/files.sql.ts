import type { FileRecord } from './file.ts';
import { type File, Prisma, type PrismaClient } from './generated/client.ts';

/** The pool of connections to this service's database. */
export type Database = PrismaClient;
/** A transaction, or the pool. */
export type Tx = Prisma.TransactionClient;

export function toRecord(row: File): FileRecord {
	const { uploadId, partSizeBytes, sizeBytes, ...rest } = row;
	return {
		...rest,
		sizeBytes: Number(sizeBytes),
		multipart:
			uploadId === null || partSizeBytes === null ? null : { uploadId, partSizeBytes: Number(partSizeBytes) },
	};
}

/** Returns the columns of a new row, except `sweepAt` and `planVersion`. */
export function toColumns({ multipart, ...rest }: FileRecord) {
	return {
		...rest,
		uploadId: multipart?.uploadId ?? null,
		partSizeBytes: multipart?.partSizeBytes ?? null,
	};
}

/** Matches files that their owner can see. */
export function visibleToOwner() {
	return { publishedAt: { not: null }, deletedAt: null, expiresAt: { gt: new Date() } };
}

/** Returns the columns that a deletion sets: the file disappears at once and is swept as soon as possible. */
export function deletedColumns() {
	const now = new Date();
	return { deletedAt: now, sweepAt: now };
}

interface DueColumns {
	isReady?: Prisma.Sql;
	expiresAt?: Prisma.Sql;
	abandonAt?: Prisma.Sql;
}

/** Returns when the sweep has to check a file that is not deleted: its expiry, or its deadline while its bytes are missing. */
export function sweepDueAt({
	isReady = Prisma.sql`status = 'ready'`,
	expiresAt = Prisma.sql`expires_at`,
	abandonAt = Prisma.sql`abandon_at`,
}: DueColumns = {}): Prisma.Sql {
	return Prisma.sql`CASE WHEN ${isReady} AND published_at IS NOT NULL THEN ${expiresAt} ELSE ${abandonAt} END`;
}

/** Deletes a file unless its row has changed since it was read; then returns false. */
export async function deleteUnchanged(prisma: Database, file: FileRecord): Promise<boolean> {
	const { id, status, etag, publishedAt, expiresAt } = file;
	const { count } = await prisma.file.updateMany({
		where: { id, status, etag, publishedAt, expiresAt, deletedAt: null },
		data: deletedColumns(),
	});
	return count > 0;
}
