import { readOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import type { PrismaClient } from '../generated/client.ts';

/** What there is of a user, of whom nothing may be known here. Keeps that somebody looked. */
export function readUser(prisma: PrismaClient, userId: string, operator: string): Promise<object> {
	return inTransaction(prisma, async (tx) => {
		const customer = await tx.customer.findUnique({ where: { userId } });
		const subscriptions = await tx.subscription.findMany({ where: { userId } });
		const events = { where: { userId, appliedAt: null } };
		const report = {
			user_id: userId,
			plan: customer?.plan ?? 'free',
			pro_granted_until: customer?.proGrantedUntil ?? null,
			stripe_customer_id: customer?.stripeCustomerId ?? null,
			checkout_until: customer?.checkoutUntil ?? null,
			stripe_asked_next_at: customer?.syncAt ?? null,
			stripe_failures: customer?.syncFailures ?? 0,
			stripe_events_waiting: await tx.stripeEvent.count(events),
			subscriptions: subscriptions.map((one) => ({
				id: one.id,
				status: one.status,
				cycle: one.cycle,
				current_period_end: one.currentPeriodEnd,
				cancel_at_period_end: one.cancelAtPeriodEnd,
				unpaid_since: one.unpaidSince,
			})),
			operator_actions: await readOperatorActions(tx, userId),
		};
		await recordOperatorAction(tx, { operator, action: 'user_viewed', userId });
		return report;
	});
}
