import type { RawExecutor } from './prisma-types.ts';

/**
 * Runs the effect, which must write through the same transaction, unless this consumer has applied the event before;
 * answers whether it ran. Of several at once, all but one wait for the one to commit and then do nothing; if it rolls
 * back, the next one runs.
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

/** No event is delivered again after so long. */
const REPEATED_WITHIN_DAYS = 30;
const BATCH_SIZE = 10_000;

/**
 * Forgets, a batch after the other, events that were applied more than so many days ago; answers how many. A repeat of such a one
 * would run again.
 */
export async function pruneInbox(prisma: RawExecutor, olderThanDays = REPEATED_WITHIN_DAYS): Promise<number> {
	for (let pruned = 0; ; ) {
		const count = await prisma.$executeRaw`
			DELETE FROM inbox WHERE (event_id, consumer) IN (
				SELECT event_id, consumer FROM inbox
				WHERE received_at < now() - make_interval(days => ${olderThanDays}::int)
				LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED)`;
		pruned += count;
		if (count < BATCH_SIZE) return pruned;
	}
}
