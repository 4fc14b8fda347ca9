import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database } from '../database.sql.ts';
import type { Prisma } from '../generated/client.ts';

/** Notified when an event was recorded that has to be applied. */
export const SYNC_CHANNEL = 'customer_due';

export interface ReceivedEvent {
	id: string;
	type: string;
	/** The customer's id at Stripe; null where the event names none. */
	stripeCustomerId: string | null;
	payload: object;
	/** What may be kept of an event that concerns no user here. */
	summary: object;
}

/**
 * Records an event once, as waiting for its customer's user where there is one. Resolves to false when it was recorded before.
 * Of other events, and of users whose account is gone, only the summary is kept.
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

/** Deletes events that were applied and are older than this. Resolves to how many. */
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
