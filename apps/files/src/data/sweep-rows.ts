import type { Due } from '../domain/ports.ts';
import type { PrismaClient } from '../generated/client.ts';
import { dueAt, toRecord } from './file-row.ts';
import { followPlan, theFiles } from './follow-plan.ts';
import type { KeepingOf } from './keep-rows.ts';

/**
 * Takes up to `limit` rows that are due and makes them due again only after `leaseMs`; no two callers get the same row. With the
 * time by which they are due: the database's, which all processes share.
 */
export async function claimDue(
	prisma: PrismaClient,
	{ limit, leaseMs }: { limit: number; leaseMs: number },
	keepingOf: KeepingOf,
): Promise<Due> {
	const claimed = await prisma.$queryRaw<{ id: string; userId: string; now: Date }[]>`
		WITH due AS (
			SELECT id FROM files WHERE sweep_at <= now() ORDER BY sweep_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
		)
		UPDATE files SET sweep_at = now() + ${leaseMs} * interval '1 millisecond'
		FROM due WHERE files.id = due.id RETURNING files.id, user_id AS "userId", now()::timestamptz(3) AS now`;
	const [first] = claimed;
	if (!first) return { files: [], now: new Date() };
	const ids = claimed.map(({ id }) => id);
	await followPlan(prisma, keepingOf, {
		userIds: [...new Set(claimed.map(({ userId }) => userId))],
		which: theFiles(ids),
	});
	const rows = await prisma.file.findMany({ where: { id: { in: ids } } });
	return { files: rows.map(toRecord), now: first.now };
}

/** A deleted row keeps its date: it was set to be swept at once. */
export async function scheduleSweep(prisma: PrismaClient, id: string): Promise<void> {
	await prisma.$executeRaw`UPDATE files SET sweep_at = ${dueAt()} WHERE id = ${id} AND deleted_at IS NULL`;
}

/** The bytes were removed, and more may come until then. */
export async function sweepAgainAt(prisma: PrismaClient, id: string, lastBytesAt: Date): Promise<void> {
	await prisma.$executeRaw`UPDATE files SET cleared_at = now(), sweep_at = ${lastBytesAt} WHERE id = ${id}`;
}

export async function markBytesRemoved(prisma: PrismaClient, id: string): Promise<void> {
	await prisma.$executeRaw`
		UPDATE files SET cleared_at = now(), bytes_removed_at = now(), sweep_at = NULL WHERE id = ${id}`;
}

/** Forgets up to `limit` files whose bytes were removed so long ago, and resolves to how many. */
export async function purge(
	prisma: PrismaClient,
	{ retentionMs, limit }: { retentionMs: number; limit: number },
): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM files WHERE id IN (
			SELECT id FROM files WHERE bytes_removed_at < now() - ${retentionMs} * interval '1 millisecond'
			ORDER BY bytes_removed_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}
