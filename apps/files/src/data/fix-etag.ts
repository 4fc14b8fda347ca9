import type { FileRecord } from '../domain/file.ts';
import { nextSweepAt } from '../domain/sweep/decide.ts';
import type { PrismaClient } from '../generated/client.ts';
import { toRecord } from './file-row.ts';

/** Makes a pending file ready with this ETag, once; the row as it is then, whoever was first. null when it is deleted. */
export async function fixEtag(
	prisma: PrismaClient,
	file: FileRecord,
	etag: string,
): Promise<FileRecord | null> {
	await prisma.file.updateMany({
		where: { id: file.id, status: 'pending', deletedAt: null },
		data: { status: 'ready', etag, sweepAt: nextSweepAt({ ...file, status: 'ready' }) },
	});
	const row = await prisma.file.findFirst({ where: { id: file.id, deletedAt: null } });
	return row && toRecord(row);
}
