import type { FileRecord, OwnedFile } from '../domain/file.ts';
import type { PrismaClient } from '../generated/client.ts';
import { deletion, visible } from './file-row.ts';
import { followPlan, theFiles } from './follow-plan.ts';
import type { KeepingOf } from './keep-rows.ts';

/** False when its owner could not see it anyway. */
export async function deleteVisible(
	prisma: PrismaClient,
	file: OwnedFile,
	keepingOf: KeepingOf,
): Promise<boolean> {
	await followPlan(prisma, keepingOf, { userIds: [file.userId], which: theFiles([file.id]) });
	const { count } = await prisma.file.updateMany({
		where: { id: file.id, userId: file.userId, ...visible() },
		data: deletion(),
	});
	return count > 0;
}

/** False when the row has changed since it was read. */
export async function deleteUnchanged(prisma: PrismaClient, file: FileRecord): Promise<boolean> {
	const { id, status, etag, publishedAt, expiresAt } = file;
	const { count } = await prisma.file.updateMany({
		where: { id, status, etag, publishedAt, expiresAt, deletedAt: null },
		data: deletion(),
	});
	return count > 0;
}

/** Deletes every output of a job, shown or not. */
export async function deleteOutputsOf(prisma: PrismaClient, jobId: string): Promise<void> {
	await prisma.file.updateMany({ where: { jobId, deletedAt: null }, data: deletion() });
}
