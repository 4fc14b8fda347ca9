import { inBatches } from '@creatorr/database/batches';
import { pruneOperatorActions } from '@creatorr/database/operator-actions';
import { defineTask } from '@creatorr/service/task';
import type { Config } from '../config.ts';
import type { Database } from '../database.sql.ts';

const EVERY_MS = 10 * 60_000;
/** Users without an event since then have no more events than at an earlier run. Longer than a deployment. */
const RECENT_MS = 60 * 60_000;
const BATCH_SIZE = 1_000;

/** Deletes events past their retention period, with their deliveries. Returns how many. Safe to run on several replicas at once. */
export async function pruneEvents(prisma: Database, retentionDays: number): Promise<number> {
	return await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM events WHERE id IN (
				SELECT id FROM events WHERE created_at < now() - make_interval(days => ${retentionDays}::int)
				LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`,
	);
}

/**
 * Deletes the oldest events of each user with more than `keptEvents`, and returns how many. Reads only users with an event since `since`:
 * counting everybody's events would read the whole index at each run.
 */
export async function pruneBeyondCount(
	prisma: Database,
	{ keptEvents, since }: { keptEvents: number; since: Date },
): Promise<number> {
	const users = await prisma.$queryRaw<{ userId: string; oldestKept: string }[]>`
		SELECT recent.user_id AS "userId", oldest.id AS "oldestKept"
		FROM (SELECT DISTINCT user_id FROM events WHERE created_at >= ${since}) AS recent
		CROSS JOIN LATERAL (
			SELECT id FROM events WHERE user_id = recent.user_id
			ORDER BY id DESC OFFSET ${keptEvents - 1}::int LIMIT 1) AS oldest`;
	let deleted = 0;
	for (const { userId, oldestKept } of users) {
		deleted += await inBatches(
			BATCH_SIZE,
			() => prisma.$executeRaw`
				DELETE FROM events WHERE id IN (
					SELECT id FROM events WHERE user_id = ${userId} AND id < ${oldestKept}
					LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`,
		);
	}
	return deleted;
}

/** Deletes old events, the oldest ones of users with too many, windows of recoveries that have ended, and old actions of operators. */
export const pruneOldEvents = defineTask<{ prisma: Database; config: Config }>({
	name: 'prune_events',
	everyMs: EVERY_MS,
	async run({ prisma, config }) {
		await pruneEvents(prisma, config.EVENT_RETENTION_DAYS);
		const since = new Date(Date.now() - RECENT_MS);
		await pruneBeyondCount(prisma, { keptEvents: config.MAX_KEPT_EVENTS, since });
		await prisma.$executeRaw`DELETE FROM recovery_windows WHERE started_at <= now() - interval '1 hour'`;
		await pruneOperatorActions(prisma);
	},
});
