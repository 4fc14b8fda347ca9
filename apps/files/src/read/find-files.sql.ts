import { isAccountDeleted } from '../accounts/accounts.sql.ts';
import type { FileLookup, FileRecord } from '../file.ts';
import { type Database, toRecord, visibleToOwner } from '../files.sql.ts';
import type { File, Prisma } from '../generated/client.ts';
import { applyPlanChanges, EXPIRED, filesById, type PlanDeps } from '../plans/plans.sql.ts';

/** Returns a file that its owner can see. */
export async function findVisibleFile(deps: PlanDeps, lookup: FileLookup): Promise<FileRecord | null> {
	if (await isAccountDeleted(deps.prisma, lookup.userId)) return null;
	await applyPlanChanges(deps, { userIds: [lookup.userId], which: filesById([lookup.id]) });
	const row = await deps.prisma.file.findFirst({
		where: { id: lookup.id, userId: lookup.userId, ...visibleToOwner() },
	});
	return row && toRecord(row);
}

export interface Page {
	userId: string;
	limit: number;
	/** Excludes this file and newer ones; null for the first page. */
	beforeId: string | null;
}

/** Returns files that their owner can see, newest first: ids sort by creation time. */
export async function listVisibleFiles(deps: PlanDeps, page: Page): Promise<FileRecord[]> {
	const { userId } = page;
	if (await isAccountDeleted(deps.prisma, userId)) return [];
	const applyTo = (which: Prisma.Sql) => applyPlanChanges(deps, { userIds: [userId], which });
	let changed = await applyTo(EXPIRED);
	let rows = await readPage(deps.prisma, page);
	// A change may expire a file of the page, and the file that takes its place may need the change too.
	while (changed !== null) {
		changed = await applyTo(filesById(rows.map(({ id }) => id)));
		if (changed === 0) break;
		rows = await readPage(deps.prisma, page);
	}
	return rows.map(toRecord);
}

async function readPage(prisma: Database, page: Page): Promise<File[]> {
	return await prisma.file.findMany({
		where: {
			userId: page.userId,
			...visibleToOwner(),
			...(page.beforeId === null ? {} : { id: { lt: page.beforeId } }),
		},
		orderBy: { id: 'desc' },
		take: page.limit,
	});
}

/**
 * Returns pending uploads of a user before their deadline. If there are more than `limit`, they are chosen at random, so that uploads that never
 * receive their bytes don't hide others.
 */
export async function samplePending(
	prisma: Database,
	{ userId, limit }: { userId: string; limit: number },
): Promise<FileRecord[]> {
	const ids = await prisma.$queryRaw<{ id: string }[]>`
		SELECT id FROM files
		WHERE user_id = ${userId} AND status = 'pending' AND job_id IS NULL AND deleted_at IS NULL
			AND least(expires_at, abandon_at) > now()
		ORDER BY random() LIMIT ${limit}`;
	const rows = await prisma.file.findMany({ where: { id: { in: ids.map(({ id }) => id) } } });
	return rows.map(toRecord);
}
