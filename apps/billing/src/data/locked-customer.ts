import { newEvent, planChanged } from '@creatorr/contracts/events';
import { forgetOperatorActions, recordOperatorAction } from '@creatorr/database/operator-actions';
import { addToOutbox } from '@creatorr/database/outbox';
import { currentRequestId } from '@creatorr/service/context';
import type { Customer } from '../domain/customer.ts';
import type { LockedCustomer } from '../domain/stores.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { Prisma } from '../generated/client.ts';

type Tx = Prisma.TransactionClient;

/** After an announcement that a crash has ended. */
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

/** What may be done with a customer in the transaction that has locked its row. */
export async function lockedCustomer(tx: Tx, userId: string): Promise<LockedCustomer> {
	const customer: Customer = await tx.customer.findUniqueOrThrow({
		where: { userId },
		select: CUSTOMER_COLUMNS,
	});
	const update = async (data: Prisma.CustomerUpdateInput) => {
		await tx.customer.update({ where: { userId }, data });
	};
	return {
		customer,
		announceStripeCustomer: () =>
			update({ customerAskedAt: new Date(), syncAt: new Date(Date.now() + ASK_AGAIN_AFTER_MS) }),
		async setStripeCustomer(stripeCustomerId) {
			await update({ stripeCustomerId });
			customer.stripeCustomerId = stripeCustomerId;
		},
		forgetStripeCustomer: () =>
			update({ stripeCustomerId: null, customerAskedAt: null, customersGone: { increment: 1 } }),
		setCheckoutUntil: (checkoutUntil) => update({ checkoutUntil, syncAt: new Date() }),
		async waitingEvents() {
			const rows = await tx.stripeEvent.findMany({
				where: { userId, appliedAt: null },
				select: { id: true },
			});
			return rows.map(({ id }) => id);
		},
		async forgetUser() {
			await tx.stripeEvent.updateMany({ where: { userId }, data: { payload: {} } });
			await forgetOperatorActions(tx, userId);
		},
		async knownSubscriptions() {
			return (await tx.subscription.findMany({ where: { userId } })).map(toSubscription);
		},
		async setGrant({ until, plan, by }) {
			await update({ proGrantedUntil: until, syncAt: new Date() });
			if (plan !== customer.plan) await changePlan(tx, customer, plan);
			await recordOperatorAction(tx, { ...by, userId });
		},
		async record({ subscriptions, plan, appliedEvents, nextSyncAt }) {
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

async function changePlan(tx: Tx, customer: Customer, plan: Customer['plan']): Promise<void> {
	const { userId } = customer;
	const version = customer.planVersion + 1;
	await tx.customer.update({ where: { userId }, data: { plan, planVersion: version } });
	// The others have forgotten this user, and must not be reminded.
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
