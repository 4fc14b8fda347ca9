import { notify } from '@creatorr/database/notifications';
import { inTransaction } from '@creatorr/database/transaction';
import type { EventStore } from '../domain/stores.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { CUSTOMER_COLUMNS } from './locked-customer.ts';

/** Notified when an event was recorded that has to be applied. */
export const SYNC_CHANNEL = 'customer_due';

export function createEventStore(prisma: PrismaClient): EventStore {
	return {
		record: ({ id, type, payload, summary }, stripeCustomerId) =>
			inTransaction(prisma, async (tx: Prisma.TransactionClient) => {
				const customer = stripeCustomerId
					? await tx.customer.findUnique({ where: { stripeCustomerId }, select: CUSTOMER_COLUMNS })
					: null;
				const isOfSomebody = customer !== null && customer.deletedAt === null;
				const { count } = await tx.stripeEvent.createMany({
					data: {
						id,
						type,
						payload: (isOfSomebody ? payload : summary) as Prisma.InputJsonObject,
						userId: customer?.userId ?? null,
						appliedAt: customer ? null : new Date(),
					},
					skipDuplicates: true,
				});
				if (count > 0 && customer) await notify(tx, SYNC_CHANNEL);
				return count > 0;
			}),
	};
}

/** Forgets events that were applied more than so many days ago; Stripe repeats none for so long. Answers how many. */
export async function pruneEvents(prisma: PrismaClient, olderThanDays: number): Promise<number> {
	return await prisma.$executeRaw`
		DELETE FROM stripe_events
		WHERE applied_at IS NOT NULL AND received_at < now() - make_interval(days => ${olderThanDays}::int)`;
}
