import { pruneInbox } from '@creatorr/database/inbox';
import type { PrismaClient } from './prisma.ts';

interface PruneInput {
	jobRetentionDays: number;
	idempotencyKeyHours: number;
}

/** More days than any event can be delivered late, or any request be on its way. */
const INBOX_DAYS = 30;
const DELETED_USER_DAYS = 1;
const ABSENT_WORKER_DAYS = 1;
/** Whoever has waited for so long comes first anyway. */
const TURN_DAYS = 1;
/** Small enough for one statement to lock no job for long. */
const BATCH_SIZE = 1_000;

/** Removes what was kept for long enough; answers how many jobs that were. Safe to run on several replicas at once. */
export async function prune(prisma: PrismaClient, input: PruneInput): Promise<number> {
	await prisma.$executeRaw`
		DELETE FROM idempotency_keys
		WHERE created_at < now() - make_interval(hours => ${input.idempotencyKeyHours}::int)`;
	await prisma.$executeRaw`
		DELETE FROM workers WHERE seen_at < now() - make_interval(days => ${ABSENT_WORKER_DAYS}::int)`;
	await prisma.$executeRaw`
		DELETE FROM deleted_users WHERE deleted_at < now() - make_interval(days => ${DELETED_USER_DAYS}::int)`;
	await prisma.$executeRaw`
		DELETE FROM turns WHERE ended_at < now() - make_interval(days => ${TURN_DAYS}::int)`;
	await pruneInbox(prisma, INBOX_DAYS);
	return await pruneJobs(prisma, input.jobRetentionDays);
}

async function pruneJobs(prisma: PrismaClient, retentionDays: number): Promise<number> {
	for (let removed = 0; ; ) {
		const count = await prisma.$executeRaw`
			DELETE FROM jobs WHERE id IN (
				SELECT id FROM jobs WHERE finished_at < now() - make_interval(days => ${retentionDays}::int)
				LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`;
		removed += count;
		if (count < BATCH_SIZE) return removed;
	}
}
