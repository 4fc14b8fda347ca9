import { inBatches } from './batches.ts';
import type { RawExecutor } from './prisma-types.ts';

/**
 * Runs the effect, which must write through the same transaction, unless this consumer has applied the event before. Returns whether it
 * ran. Of concurrent calls, all but one wait for that one to commit, and then do nothing; if it rolls back, the next one runs.
 */
export async function applyOnce(
	tx: RawExecutor,
	{ eventId, consumer }: { eventId: string; consumer: string },
	effect: () => Promise<void>,
): Promise<boolean> {
	const inserted = await tx.$executeRaw`
		INSERT INTO inbox (event_id, consumer) VALUES (${eventId}, ${consumer}) ON CONFLICT DO NOTHING`;
	if (inserted === 0) return false;
	await effect();
	return true;
}

/** No event is delivered again after this time. */
const REPEATED_WITHIN_DAYS = 30;
const BATCH_SIZE = 10_000;

/**
 * Deletes, in batches, events that were applied more than `olderThanDays` ago. Returns their number. A later delivery of such an event
 * would take effect again.
 */
export async function pruneInbox(prisma: RawExecutor, olderThanDays = REPEATED_WITHIN_DAYS): Promise<number> {
	return await inBatches(
		BATCH_SIZE,
		() => prisma.$executeRaw`
			DELETE FROM inbox WHERE (event_id, consumer) IN (
				SELECT event_id, consumer FROM inbox
				WHERE received_at < now() - make_interval(days => ${olderThanDays}::int)
				LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`,
	);
}
