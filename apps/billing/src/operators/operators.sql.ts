import { readOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { inTransaction } from '@creatorr/database/transaction';
import { createCustomers } from '../customers/customers.sql.ts';
import { type Database, LOCK_TIMEOUT_MS, openLockingPool } from '../database.sql.ts';

const CONNECTIONS = 3;
/** A sync locks its customer while Stripe is slow, and an operator's command may wait for that. */
const LOCK_WAIT_MS = LOCK_TIMEOUT_MS + 15_000;
const TIMEOUT_MS = LOCK_WAIT_MS + 15_000;

export type OperatorData = ReturnType<typeof openOperatorData>;

/** Opens the database for the operators' commands, which run as separate processes. */
export function openOperatorData(databaseUrl: string) {
	const prisma = openLockingPool({ databaseUrl, poolSize: CONNECTIONS, lockWaitMs: LOCK_WAIT_MS });
	return {
		customers: createCustomers({ prisma, locking: prisma, timeoutMs: TIMEOUT_MS }),
		readUser: (userId: string, operator: string) => readUser(prisma, userId, operator),
		close: () => prisma.$disconnect(),
	};
}

/** Returns what billing knows of a user, which may be nothing, and records that an operator viewed it. */
function readUser(prisma: Database, userId: string, operator: string): Promise<object> {
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
			next_sync_at: customer && nextSyncAt(customer),
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

/** Returns when billing reads the customer in Stripe next, after a failure not before the backoff ends. Null if no read is due. */
function nextSyncAt({ syncAt, notBefore }: { syncAt: Date | null; notBefore: Date | null }): Date | null {
	if (syncAt === null || notBefore === null) return syncAt ?? notBefore;
	return syncAt > notBefore ? syncAt : notBefore;
}
