import { newEvent, planChanged } from '@creatorr/contracts/events';
import type { Plan } from '@creatorr/contracts/plans';
import { forgetOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { currentRequestId } from '@creatorr/service/context';
import type { Prisma } from '../generated/client.ts';
import type { Customer, Subscription } from './customer.ts';

type Tx = Prisma.TransactionClient;

/** Who granted or revoked, and why. */
export interface GrantAction {
	operator: string;
	action: 'pro_granted' | 'grant_revoked';
	/** Until when. */
	subject?: string;
	reason: string;
}

export type LockedCustomer = Awaited<ReturnType<typeof lockedCustomer>>;

/** When a customer is synced again whose announcement a crash has interrupted. */
const ASK_AGAIN_AFTER_MS = 60_000;

export const CUSTOMER_COLUMNS = {
	userId: true,
	stripeCustomerId: true,
	customerAskedAt: true,
	customersGone: true,
	plan: true,
	proGrantedUntil: true,
	planVersion: true,
	checkoutUntil: true,
	deletedAt: true,
} satisfies Prisma.CustomerSelect;

/** Returns what the transaction that has locked a customer's row may do with it. All of it is committed together. */
export async function lockedCustomer(tx: Tx, userId: string) {
	const customer: Customer = await tx.customer.findUniqueOrThrow({
		where: { userId },
		select: CUSTOMER_COLUMNS,
	});
	const update = async (data: Prisma.CustomerUpdateInput): Promise<void> => {
		await tx.customer.update({ where: { userId }, data });
	};
	return {
		customer,
		/** Makes every later sync, also after a crash, ask Stripe for the customer until its id is known. */
		announceStripeCustomer: () =>
			update({ customerAskedAt: new Date(), syncAt: new Date(Date.now() + ASK_AGAIN_AFTER_MS) }),
		/** Shows in `customer` at once. */
		async setStripeCustomer(stripeCustomerId: string): Promise<void> {
			await update({ stripeCustomerId });
			customer.stripeCustomerId = stripeCustomerId;
		},
		/** Stripe no longer knows the customer; another one may be asked for. */
		forgetStripeCustomer: () =>
			update({ stripeCustomerId: null, customerAskedAt: null, customersGone: { increment: 1 } }),
		setCheckoutUntil: (checkoutUntil: Date) => update({ checkoutUntil, syncAt: new Date() }),
		/** Returns the events that wait now: what is read from Stripe after this covers them. */
		async waitingEvents(): Promise<string[]> {
			const rows = await tx.stripeEvent.findMany({
				where: { userId, appliedAt: null },
				select: { id: true },
			});
			return rows.map(({ id }) => id);
		},
		/** Empties the payloads of this user's events, and forgets what operators did. */
		async forgetUser(): Promise<void> {
			await tx.stripeEvent.updateMany({ where: { userId }, data: { payload: {} } });
			await forgetOperatorActions(tx, userId);
		},
		/** As Stripe described them last. */
		async knownSubscriptions(): Promise<Subscription[]> {
			return (await tx.subscription.findMany({ where: { userId } })).map(toSubscription);
		},
		/** Sets or removes the grant; publishes a changed plan. */
		async setGrant({ until, plan, by }: { until: Date | null; plan: Plan; by: GrantAction }): Promise<void> {
			await update({ proGrantedUntil: until, syncAt: new Date() });
			if (plan !== customer.plan) await changePlan(tx, customer, plan);
			await recordOperatorAction(tx, { ...by, userId });
		},
		/** Records what Stripe says and what follows from it; publishes a changed plan. */
		async record(synced: {
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
	// The other services have forgotten this user, and must not be reminded.
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
