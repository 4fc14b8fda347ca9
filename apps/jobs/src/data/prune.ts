import { pruneInbox } from '@creatorr/database/inbox';
import { pruneOperatorActions } from '@creatorr/database/operator-actions';
import { Prisma } from '../generated/client.ts';
import type { PrismaClient } from './prisma.ts';

interface PruneInput {
	jobRetentionDays: number;
	idempotencyKeyHours: number;
}

const ABSENT_WORKER_DAYS = 1;
/** Whoever has waited for so long comes first anyway. */
const TURN_DAYS = 1;
/** Only today's counts. */
const COMPUTE_USAGE_DAYS = 2;
/** Small enough for one statement to lock nothing for long. */
const BATCH_SIZE = 1_000;

/**
 * Removes what was kept for long enough; answers how many of what. Safe to run on several replicas at once. Deleted users are
 * remembered for good, as ids and dates: an event that comes after weeks must not bring anything of them back.
 */
export async function prune(
	prisma: PrismaClient,
	input: PruneInput,
): Promise<{ jobs: number; keys: number }> {
	const { jobRetentionDays, idempotencyKeyHours } = input;
	const keys = await inBatches(
		(limit) => prisma.$executeRaw`
			DELETE FROM idempotency_keys WHERE (user_id, key) IN (
				SELECT user_id, key FROM idempotency_keys
				WHERE created_at < now() - make_interval(hours => ${idempotencyKeyHours}::int) ${limit})`,
	);
	await inBatches(
		(limit) => prisma.$executeRaw`
			DELETE FROM workers WHERE id IN (
				SELECT id FROM workers WHERE seen_at < now() - make_interval(days => ${ABSENT_WORKER_DAYS}::int) ${limit})`,
	);
	await inBatches(
		(limit) => prisma.$executeRaw`
			DELETE FROM turns WHERE (user_id, tool) IN (
				SELECT user_id, tool FROM turns
				WHERE ended_at < now() - make_interval(days => ${TURN_DAYS}::int) ${limit})`,
	);
	await inBatches(
		(limit) => prisma.$executeRaw`
			DELETE FROM compute_usage WHERE (user_id, day) IN (
				SELECT user_id, day FROM compute_usage
				WHERE day < (now() AT TIME ZONE 'UTC')::date - ${COMPUTE_USAGE_DAYS}::int ${limit})`,
	);
	await pruneInbox(prisma);
	await pruneOperatorActions(prisma);
	const jobs = await inBatches(
		(limit) => prisma.$executeRaw`
			DELETE FROM jobs WHERE id IN (
				SELECT id FROM jobs WHERE finished_at < now() - make_interval(days => ${jobRetentionDays}::int) ${limit})`,
	);
	return { jobs, keys };
}

/** Whatever somebody else has locked just now goes next time. */
async function inBatches(removeSome: (limit: Prisma.Sql) => Promise<number>): Promise<number> {
	const limit = Prisma.sql`LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED`;
	for (let removed = 0; ; ) {
		const count = await removeSome(limit);
		removed += count;
		if (count < BATCH_SIZE) return removed;
	}
}
