import type { FileRecord } from '../domain/file.ts';
import { countUpload } from '../file-metrics.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { dueAt, toRecord } from './file-row.ts';

/** Makes a pending file ready with this ETag, once; the row as it is then, whoever was first. null when it is deleted. */
export async function fixEtag(
	prisma: PrismaClient,
	file: FileRecord,
	etag: string,
): Promise<FileRecord | null> {
	const { id } = file;
	const fixed = await prisma.$executeRaw`
		UPDATE files SET status = 'ready', etag = ${etag}, sweep_at = ${dueAt({ isReady: Prisma.sql`true` })}
		WHERE id = ${id} AND status = 'pending' AND deleted_at IS NULL`;
	if (fixed > 0) countUpload(file);
	const row = await prisma.file.findFirst({ where: { id, deletedAt: null } });
	return row && toRecord(row);
}
