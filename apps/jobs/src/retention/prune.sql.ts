import { lowestIdAt } from '@creatorr/contracts/ids';
import { inBatches } from '@creatorr/database/batches';
import { pruneInbox } from '@creatorr/database/inbox';
import { pruneOperatorActions } from '@creatorr/database/operator-actions';
import type { Database } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import { LAST_RUNS } from '../lifecycle/stored-names.sql.ts';

interface PruneInput {
	jobRetentionDays: number;
	idempotencyKeyHours: number;
}

const ABSENT_WORKER_DAYS = 1;
/** An older last run no longer matters for the order of dispatch. */
const LAST_RUN_DAYS = 1;
/** Only today's usage counts. */
const COMPUTE_USAGE_DAYS = 2;
const BATCH_SIZE = 1_000;
/** Skips rows that another transaction has locked; the next run deletes them. */
const BATCH_LIMIT = Prisma.sql`LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED`;

/**
 * Deletes rows past their retention period, and returns how many. Safe to run on several replicas at once. Deleted users stay
 * recorded forever, as ids and dates: an event that arrives weeks later must not restore any of their data.
 */
export async function prune(prisma: Database, input: PruneInput): Promise<{ jobs: number; keys: number }> {
	const { jobRetentionDays, idempotencyKeyHours } = input;
	const keys = await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM idempotency_keys WHERE (user_id, key) IN (
				SELECT user_id, key FROM idempotency_keys
				WHERE created_at < now() - make_interval(hours => ${idempotencyKeyHours}::int) ${BATCH_LIMIT})`,
	);
	await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM workers WHERE id IN (
				SELECT id FROM workers WHERE seen_at < now() - make_interval(days => ${ABSENT_WORKER_DAYS}::int) ${BATCH_LIMIT})`,
	);
	await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM ${LAST_RUNS} WHERE (user_id, tool) IN (
				SELECT user_id, tool FROM ${LAST_RUNS}
				WHERE ended_at < now() - make_interval(days => ${LAST_RUN_DAYS}::int) ${BATCH_LIMIT})`,
	);
	await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM compute_usage WHERE (user_id, day) IN (
				SELECT user_id, day FROM compute_usage
				WHERE day < (now() AT TIME ZONE 'UTC')::date - ${COMPUTE_USAGE_DAYS}::int ${BATCH_LIMIT})`,
	);
	await pruneInbox(prisma);
	await pruneOperatorActions(prisma);
	const jobs = await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM jobs WHERE id IN (
				SELECT id FROM jobs WHERE finished_at < now() - make_interval(days => ${jobRetentionDays}::int) ${BATCH_LIMIT})`,
	);
	return { jobs, keys };
}

/**
 * Deletes the oldest ended jobs of each user with more than `keptJobs`, and returns how many. Reads only users who created a job since
 * `since`: counting everybody's jobs would read the whole index at each run.
 */
export async function pruneBeyondCount(
	prisma: Database,
	{ keptJobs, since }: { keptJobs: number; since: Date },
): Promise<number> {
	const users = await prisma.$queryRaw<{ userId: string; oldestKept: string }[]>`
		SELECT recent.user_id AS "userId", oldest.id AS "oldestKept"
		FROM (SELECT DISTINCT user_id FROM jobs WHERE id >= ${lowestIdAt('job', since)}) AS recent
		CROSS JOIN LATERAL (
			SELECT id FROM jobs WHERE user_id = recent.user_id
			ORDER BY id DESC OFFSET ${keptJobs - 1}::int LIMIT 1) AS oldest`;
	let deleted = 0;
	for (const { userId, oldestKept } of users) {
		deleted += await inBatches(
			BATCH_SIZE,
			() => prisma.$executeRaw`
				DELETE FROM jobs WHERE id IN (
					SELECT id FROM jobs
					WHERE user_id = ${userId} AND id < ${oldestKept} AND finished_at IS NOT NULL ${BATCH_LIMIT})`,
		);
	}
	return deleted;
}
