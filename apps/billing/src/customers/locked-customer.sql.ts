import { newEvent, planChanged } from '@creatorr/contracts/events';
import type { Plan } from '@creatorr/contracts/plans';
import { deleteOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { currentRequestId } from '@creatorr/service/context';
import type { Prisma } from '../generated/client.ts';
import type { Customer, Subscription } from './customer.ts';

type Tx = Prisma.TransactionClient;

/** Who granted or revoked Pro, and why. */
export interface GrantAction {
	operator: string;
	action: 'pro_granted' | 'grant_revoked';
	/** End of the grant. */
	subject?: string;
	reason: string;
}

export type LockedCustomer = Awaited<ReturnType<typeof openLockedCustomer>>;

/** Delay before a sync of a customer whose creation a crash may have interrupted. */
const RETRY_AFTER_MS = 60_000;

export const CUSTOMER_COLUMNS = {
	userId: true,
	stripeCustomerId: true,
	customerRequestedAt: true,
	stripeCustomersDeleted: true,
	plan: true,
	proGrantedUntil: true,
	planVersion: true,
	checkoutUntil: true,
	deletedAt: true,
} satisfies Prisma.CustomerSelect;

/** Returns a customer whose row the transaction has locked, and the changes that the transaction may make. */
export async function openLockedCustomer(tx: Tx, userId: string) {
	const customer: Customer = await tx.customer.findUniqueOrThrow({
		where: { userId },
		select: CUSTOMER_COLUMNS,
	});
	const update = async (data: Prisma.CustomerUpdateInput): Promise<void> => {
		await tx.customer.update({ where: { userId }, data });
	};
	return {
		customer,
		/**
		 * Records that the customer is about to be created in Stripe. Until its id is stored, each sync retries the creation, so a crash doesn't
		 * lose it.
		 */
		recordCustomerRequest: () =>
			update({ customerRequestedAt: new Date(), syncAt: new Date(Date.now() + RETRY_AFTER_MS) }),
		/** Sets the id, also in `customer`. */
		async setStripeCustomer(stripeCustomerId: string): Promise<void> {
			await update({ stripeCustomerId });
			customer.stripeCustomerId = stripeCustomerId;
		},
		/** Records that Stripe has deleted the customer, so that another one can be created. */
		forgetStripeCustomer: () =>
			update({ stripeCustomerId: null, customerRequestedAt: null, stripeCustomersDeleted: { increment: 1 } }),
		setCheckoutUntil: (checkoutUntil: Date) => update({ checkoutUntil, syncAt: new Date() }),
		/** Returns the ids of the waiting events. A read from Stripe that starts afterwards covers them. */
		async waitingEvents(): Promise<string[]> {
			const rows = await tx.stripeEvent.findMany({
				where: { userId, appliedAt: null },
				select: { id: true },
			});
			return rows.map(({ id }) => id);
		},
		/** Deletes the payloads of this user's events and the operators' actions. */
		async eraseUser(): Promise<void> {
			await tx.stripeEvent.updateMany({ where: { userId }, data: { payload: {} } });
			await deleteOperatorActions(tx, userId);
		},
		/** Returns the subscriptions of the last sync. */
		async storedSubscriptions(): Promise<Subscription[]> {
			return (await tx.subscription.findMany({ where: { userId } })).map(toSubscription);
		},
		/** Sets or removes the grant. Publishes a changed plan. */
		async setGrant({ until, plan, by }: { until: Date | null; plan: Plan; by: GrantAction }): Promise<void> {
			await update({ proGrantedUntil: until, syncAt: new Date() });
			if (plan !== customer.plan) await changePlan(tx, customer, plan);
			await recordOperatorAction(tx, { ...by, userId });
		},
		/** Records the state in Stripe and the plan that follows. Publishes a changed plan. */
		async recordSync(synced: {
			subscriptions: readonly Subscription[];
			plan: Plan;
			appliedEvents: readonly string[];
			nextSyncAt: Date | null;
		}): Promise<void> {
			const { subscriptions, plan, appliedEvents, nextSyncAt } = synced;
			await replaceSubscriptions(tx, userId, subscriptions);
			await tx.stripeEvent.updateMany({
				where: { id: { in: [...appliedEvents] } },
				data: { appliedAt: new Date() },
			});
			await update({ syncAt: nextSyncAt, syncFailures: 0, notBefore: null, failedAt: null });
			if (plan !== customer.plan) await changePlan(tx, customer, plan);
		},
	};
}

async function changePlan(tx: Tx, customer: Customer, plan: Plan): Promise<void> {
	const { userId } = customer;
	const version = customer.planVersion + 1;
	await tx.customer.update({ where: { userId }, data: { plan, planVersion: version } });
	// The other services have deleted this user.
	if (customer.deletedAt) return;
	await addToOutbox(tx, newEvent(planChanged, { user_id: userId, plan, version }, currentRequestId()));
}

export function toSubscription(row: Prisma.SubscriptionGetPayload<object>): Subscription {
	const { userId: _, ...rest } = row;
	return rest as Subscription;
}

async function replaceSubscriptions(
	tx: Tx,
	userId: string,
	subscriptions: readonly Subscription[],
): Promise<void> {
	await tx.subscription.deleteMany({ where: { userId } });
	await tx.subscription.createMany({ data: subscriptions.map((one) => ({ ...one, userId })) });
}
