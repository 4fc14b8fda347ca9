import { pruneInbox } from '@creatorr/database/inbox';
import type { FileRecord } from '../domain/file.ts';
import type { PrismaClient } from '../generated/client.ts';
import { dueAt, toRecord } from './file-row.ts';

/** No event is delivered again after so long. */
const INBOX_DAYS = 30;

/** Takes up to `limit` rows that are due and makes them due again only after `leaseMs`; no two callers get the same row. */
export async function claimDue(prisma: PrismaClient, limit: number, leaseMs: number): Promise<FileRecord[]> {
	const claimed = await prisma.$queryRaw<{ id: string }[]>`
		WITH due AS (
			SELECT id FROM files WHERE sweep_at <= now() ORDER BY sweep_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
		)
		UPDATE files SET sweep_at = now() + ${leaseMs} * interval '1 millisecond'
		FROM due WHERE files.id = due.id RETURNING files.id`;
	const rows = await prisma.file.findMany({ where: { id: { in: claimed.map(({ id }) => id) } } });
	return rows.map(toRecord);
}

/** A deleted row keeps its date: it was set to be swept at once. */
export async function scheduleSweep(prisma: PrismaClient, id: string): Promise<void> {
	await prisma.$executeRaw`UPDATE files SET sweep_at = ${dueAt()} WHERE id = ${id} AND deleted_at IS NULL`;
}

export async function sweepAgainAt(prisma: PrismaClient, id: string, lastBytesAt: Date): Promise<void> {
	await prisma.file.updateMany({ where: { id }, data: { sweepAt: lastBytesAt } });
}

export async function markBytesRemoved(prisma: PrismaClient, id: string): Promise<void> {
	await prisma.file.updateMany({ where: { id }, data: { bytesRemovedAt: new Date(), sweepAt: null } });
}

/** Forgets what was over before, and resolves to how many files that were. */
export async function purge(prisma: PrismaClient, before: Date): Promise<number> {
	const { count } = await prisma.file.deleteMany({ where: { bytesRemovedAt: { lt: before } } });
	await prisma.account.deleteMany({ where: { deletedAt: { lt: before } } });
	await pruneInbox(prisma, INBOX_DAYS);
	return count;
}
