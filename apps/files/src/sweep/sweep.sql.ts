import type { FileRecord } from '../file.ts';
import { type Database, sweepDueAt, toRecord } from '../files.sql.ts';
import { applyPlanChanges, filesById, type PlanDeps } from '../plans/plans.sql.ts';

/** Returns whether a row is due. */
export async function isAnyDue(prisma: Database): Promise<boolean> {
	const rows = await prisma.$queryRaw<unknown[]>`SELECT 1 FROM files WHERE sweep_at <= now() LIMIT 1`;
	return rows.length > 0;
}

/**
 * Returns up to `limit` rows that are due, and makes them due again only after `leaseMs`; no two callers get the same row. Half are those
 * that have been due for longest, half those that fell due last: a user with few files does not wait until all files of another are swept.
 * Also returns the database's time, which all processes share.
 */
export async function claimDue(
	deps: PlanDeps,
	{ limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<{ files: FileRecord[]; now: Date }> {
	const half = Math.floor(limit / 2);
	const claimed = await deps.prisma.$queryRaw<{ id: string; userId: string; now: Date }[]>`
		WITH oldest AS (
			SELECT id FROM files WHERE sweep_at <= now() ORDER BY sweep_at LIMIT ${limit - half} FOR UPDATE SKIP LOCKED
		), newest AS (
			SELECT id FROM files WHERE sweep_at <= now() AND id NOT IN (SELECT id FROM oldest)
			ORDER BY sweep_at DESC LIMIT ${half} FOR UPDATE SKIP LOCKED
		)
		UPDATE files SET sweep_at = now() + ${leaseMs} * interval '1 millisecond'
		WHERE id IN (SELECT id FROM oldest UNION ALL SELECT id FROM newest)
		RETURNING id, user_id AS "userId", now()::timestamptz(3) AS now`;
	const [first] = claimed;
	if (!first) return { files: [], now: new Date() };
	const ids = claimed.map(({ id }) => id);
	await applyPlanChanges(deps, {
		userIds: [...new Set(claimed.map(({ userId }) => userId))],
		which: filesById(ids),
	});
	const rows = await deps.prisma.file.findMany({ where: { id: { in: ids } } });
	return { files: rows.map(toRecord), now: first.now };
}

/** Schedules the next sweep of a row. Skips a row that was deleted meanwhile: the deletion has made it due at once. */
export async function scheduleSweep(prisma: Database, id: string): Promise<void> {
	await prisma.$executeRaw`UPDATE files SET sweep_at = ${sweepDueAt()} WHERE id = ${id} AND deleted_at IS NULL`;
}

/** Records that the bytes that have arrived were removed (`cleared_at`), and when to remove those that may arrive later. */
export async function scheduleResweep(prisma: Database, id: string, nextAt: Date): Promise<void> {
	await prisma.$executeRaw`UPDATE files SET cleared_at = now(), sweep_at = ${nextAt} WHERE id = ${id}`;
}

/** Records that all bytes were removed and no more can arrive (`bytes_removed_at`). */
export async function markBytesRemoved(prisma: Database, id: string): Promise<void> {
	await prisma.$executeRaw`
		UPDATE files SET cleared_at = now(), bytes_removed_at = now(), sweep_at = NULL WHERE id = ${id}`;
}

/** Deletes up to `limit` rows whose bytes were removed at least `retentionMs` ago, and returns how many. */
export async function purgeRows(
	prisma: Database,
	{ retentionMs, limit }: { retentionMs: number; limit: number },
): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM files WHERE id IN (
			SELECT id FROM files WHERE bytes_removed_at < now() - ${retentionMs} * interval '1 millisecond'
			ORDER BY bytes_removed_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}
