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

/** Forgets events that were applied more than so many days ago; answers how many. A repeat of such a one would run again. */
export async function pruneInbox(prisma: RawExecutor, olderThanDays: number): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM inbox WHERE received_at < now() - make_interval(days => ${olderThanDays}::int)`;
}
