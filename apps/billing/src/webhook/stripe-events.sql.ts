import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import type { Prisma } from '../generated/client.ts';

/** Notified when an event to apply was recorded. */
export const SYNC_CHANNEL = 'customer_due';

export interface ReceivedEvent {
	id: string;
	type: string;
	/** The Stripe customer ID; null if the event names none. */
	stripeCustomerId: string | null;
	payload: object;
	/** Stored instead of the payload for an unknown customer or a deleted account. */
	summary: object;
}

/**
 * Records an event once. Resolves to false if it was recorded before. An event of a known customer is stored whole and waits to be
 * applied. For an unknown customer or a deleted account, stores only the summary.
 */
export function recordEvent(prisma: Database, event: ReceivedEvent): Promise<boolean> {
	const { id, type, stripeCustomerId, payload, summary } = event;
	return inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
		const customer = stripeCustomerId
			? await tx.customer.findUnique({
					where: { stripeCustomerId },
					select: { userId: true, deletedAt: true },
				})
			: null;
		const isOfUser = customer !== null && customer.deletedAt === null;
		const { count } = await tx.stripeEvent.createMany({
			data: {
				id,
				type,
				payload: (isOfUser ? payload : summary) as Prisma.InputJsonObject,
				userId: customer?.userId ?? null,
				appliedAt: customer ? null : new Date(),
			},
			skipDuplicates: true,
		});
		if (count > 0 && customer) await notify(tx, SYNC_CHANNEL);
		return count > 0;
	});
}

/** Deletes applied events that are older than this. Resolves to their number. */
export async function pruneEvents(prisma: Database, olderThanDays: number): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM stripe_events
		WHERE applied_at IS NOT NULL AND received_at < now() - make_interval(days => ${olderThanDays}::int)`;
}

export interface WaitingEvents {
	waiting: number;
	oldestAgeSeconds: number;
}

/** Counts the events whose customer has not been synced since. */
export async function readWaitingEvents(prisma: Database): Promise<WaitingEvents> {
	const rows = await prisma.$queryRaw<WaitingEvents[]>`
		SELECT count(*)::int AS waiting,
			coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS "oldestAgeSeconds"
		FROM stripe_events WHERE applied_at IS NULL AND user_id IS NOT NULL`;
	return rows[0] ?? { waiting: 0, oldestAgeSeconds: 0 };
}
