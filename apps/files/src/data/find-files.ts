import type { FileRecord, OwnedFile } from '../domain/file.ts';
import type { PrismaClient } from '../generated/client.ts';
import { toRecord, visible } from './file-row.ts';

/** A file that its owner may be shown. */
export async function findVisible(prisma: PrismaClient, wanted: OwnedFile): Promise<FileRecord | null> {
	const row = await prisma.file.findFirst({
		where: { id: wanted.id, userId: wanted.userId, ...visible() },
	});
	return row && toRecord(row);
}

/** A user's files, newest first: ids sort by the time they were made. */
export async function listVisible(
	prisma: PrismaClient,
	page: { userId: string; limit: number; beforeId: string | null },
): Promise<FileRecord[]> {
	const rows = await prisma.file.findMany({
		where: {
			userId: page.userId,
			...visible(),
			...(page.beforeId === null ? {} : { id: { lt: page.beforeId } }),
		},
		orderBy: { id: 'desc' },
		take: page.limit,
	});
	return rows.map(toRecord);
}

/** A job's output, shown or not, that is not deleted. */
export async function findOutput(prisma: PrismaClient, id: string): Promise<FileRecord | null> {
	const row = await prisma.file.findFirst({ where: { id, jobId: { not: null }, deletedAt: null } });
	return row && toRecord(row);
}
