import type { FileRecord } from '../file.ts';
import { type Database, sweepDueAt, toRecord } from '../files.sql.ts';
import { Prisma } from '../generated/client.ts';
import { countUpload } from '../operators/metrics.ts';

/** Makes a pending file ready with this ETag, unless it is ready already. Returns the row as it is then; null when it is deleted. */
export async function markReady(
	prisma: Database,
	file: FileRecord,
	etag: string,
): Promise<FileRecord | null> {
	const { id } = file;
	const changed = await prisma.$executeRaw`
		UPDATE files SET status = 'ready', etag = ${etag}, sweep_at = ${sweepDueAt({ isReady: Prisma.sql`true` })}
		WHERE id = ${id} AND status = 'pending' AND deleted_at IS NULL`;
	if (changed > 0) countUpload(file);
	const row = await prisma.file.findFirst({ where: { id, deletedAt: null } });
	return row && toRecord(row);
}
