import type { FileRecord } from '../domain/file.ts';
import { type File, Prisma } from '../generated/client.ts';

/** A row as the domain knows it. */
export function toRecord(row: File): FileRecord {
	const { uploadId, partSizeBytes, sizeBytes, ...rest } = row;
	return {
		...rest,
		sizeBytes: Number(sizeBytes),
		multipart:
			uploadId === null || partSizeBytes === null ? null : { uploadId, partSizeBytes: Number(partSizeBytes) },
	};
}

/** The columns of a new row, but for when it is swept. */
export function toColumns({ multipart, ...rest }: FileRecord) {
	return {
		...rest,
		uploadId: multipart?.uploadId ?? null,
		partSizeBytes: multipart?.partSizeBytes ?? null,
	};
}

/** Rows that their owner may be shown. */
export function visible() {
	return { publishedAt: { not: null }, deletedAt: null, expiresAt: { gt: new Date() } };
}

/** What deleting sets: gone at once, swept as soon as possible. */
export function deletion() {
	const now = new Date();
	return { deletedAt: now, sweepAt: now };
}

interface Due {
	isReady?: Prisma.Sql;
	expiresAt?: Prisma.Sql;
	abandonAt?: Prisma.Sql;
}

/** When a living file falls due: at its end, or at the end of the time that it has to get there. Of the columns where not told. */
export function dueAt({
	isReady = Prisma.sql`status = 'ready'`,
	expiresAt = Prisma.sql`expires_at`,
	abandonAt = Prisma.sql`abandon_at`,
}: Due = {}): Prisma.Sql {
	return Prisma.sql`CASE WHEN ${isReady} AND published_at IS NOT NULL THEN ${expiresAt} ELSE ${abandonAt} END`;
}
