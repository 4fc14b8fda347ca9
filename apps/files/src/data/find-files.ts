import type { FileRecord, OwnedFile } from '../domain/file.ts';
import type { File, Prisma, PrismaClient } from '../generated/client.ts';
import { toRecord, visible } from './file-row.ts';
import { followPlan, RUN_OUT, theFiles } from './follow-plan.ts';
import type { KeepingOf } from './keep-rows.ts';

/** A file that its owner may be shown. */
export async function findVisible(
	prisma: PrismaClient,
	wanted: OwnedFile,
	keepingOf: KeepingOf,
): Promise<FileRecord | null> {
	await followPlan(prisma, keepingOf, { userIds: [wanted.userId], which: theFiles([wanted.id]) });
	const row = await prisma.file.findFirst({
		where: { id: wanted.id, userId: wanted.userId, ...visible() },
	});
	return row && toRecord(row);
}

interface Page {
	userId: string;
	limit: number;
	beforeId: string | null;
}

/** A user's files, newest first: ids sort by the time they were made. */
export async function listVisible(
	prisma: PrismaClient,
	page: Page,
	keepingOf: KeepingOf,
): Promise<FileRecord[]> {
	const { userId } = page;
	const follow = (which: Prisma.Sql) => followPlan(prisma, keepingOf, { userIds: [userId], which });
	let followed = await follow(RUN_OUT);
	let rows = await readPage(prisma, page);
	// A file whose time is over now leaves its place to one that may have to follow too; and all may have followed meanwhile.
	while (followed !== null) {
		followed = await follow(theFiles(rows.map(({ id }) => id)));
		if (followed === 0) break;
		rows = await readPage(prisma, page);
	}
	return rows.map(toRecord);
}

async function readPage(prisma: PrismaClient, page: Page): Promise<File[]> {
	return await prisma.file.findMany({
		where: {
			userId: page.userId,
			...visible(),
			...(page.beforeId === null ? {} : { id: { lt: page.beforeId } }),
		},
		orderBy: { id: 'desc' },
		take: page.limit,
	});
}

/** A job's output, shown or not, that is not deleted. */
export async function findOutput(prisma: PrismaClient, id: string): Promise<FileRecord | null> {
	const row = await prisma.file.findFirst({ where: { id, jobId: { not: null }, deletedAt: null } });
	return row && toRecord(row);
}
