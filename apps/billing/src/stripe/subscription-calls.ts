import type { BillingCycle } from '@creatorr/contracts/billing';
import Stripe from 'stripe';
import type { Subscription } from '../customers/customer.ts';
import { callStripe, isMissing } from './errors.ts';

const PAGE = 100;
const MS = 1000;
/** Statuses of unpaid invoices. One that Stripe has given up on is unpaid, too. */
const UNPAID: readonly (string | null)[] = ['open', 'uncollectible'];

export function subscriptionCalls(stripe: Stripe) {
	return {
		/** Lists all subscriptions of a customer, also ended ones; none for a deleted customer. */
		listSubscriptions: (customer: string): Promise<Subscription[]> =>
			callStripe(async () => {
				const subscriptions = await listAll(stripe, customer);
				return await Promise.all(
					subscriptions.map(async (one) => toSubscription(one, await unpaidSince(stripe, one))),
				);
			}),
		/** Cancels a subscription at once. Has no effect if it has ended. */
		cancelSubscription: (subscriptionId: string): Promise<void> =>
			callStripe(async () => {
				await stripe.subscriptions.cancel(subscriptionId).catch((error: unknown) => {
					// It has ended.
					if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
				});
			}),
	};
}

async function listAll(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
	const all: Stripe.Subscription[] = [];
	try {
		const pages = stripe.subscriptions.list({ customer, status: 'all', limit: PAGE });
		for await (const subscription of pages) all.push(subscription);
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
	return all;
}

/** Converts a subscription. Since 2025 its items have the period; all items of our subscriptions have the same one. */
function toSubscription(subscription: Stripe.Subscription, unpaidSince: Date | null): Subscription {
	const item = subscription.items.data[0];
	const start = item?.current_period_start ?? subscription.created;
	const end = item?.current_period_end ?? subscription.created;
	return {
		id: subscription.id,
		status: subscription.status,
		cycle: cycleOf(item?.price.recurring),
		createdAt: new Date(subscription.created * MS),
		currentPeriodStart: new Date(start * MS),
		currentPeriodEnd: new Date(end * MS),
		// Since 2025 the portal may set a date instead of the flag.
		cancelAtPeriodEnd: subscription.cancel_at_period_end || subscription.cancel_at !== null,
		unpaidSince,
	};
}

/** Derives the cycle from the interval instead of the price: a subscription at an older price keeps its cycle. */
function cycleOf(recurring: Stripe.Price.Recurring | null | undefined): BillingCycle | null {
	if (recurring?.interval_count !== 1) return null;
	if (recurring.interval === 'month') return 'monthly';
	return recurring.interval === 'year' ? 'yearly' : null;
}

/**
 * Returns since when a past-due subscription is unpaid: when the first unpaid invoice after the last paid one was created, which is the
 * start of the period that it bills. Stripe's subscription has no such field, and its current period advances while it is past due. Null
 * for other subscriptions.
 */
async function unpaidSince(stripe: Stripe, { id, status }: Stripe.Subscription): Promise<Date | null> {
	if (status !== 'past_due') return null;
	let oldest: number | null = null;
	// The newest come first.
	for await (const invoice of stripe.invoices.list({ subscription: id, limit: PAGE })) {
		// An invoice for an amount of 0, as a price change may create, pays for no period.
		if (invoice.status === 'paid' && invoice.total > 0) break;
		if (UNPAID.includes(invoice.status)) oldest = invoice.created;
	}
	return oldest === null ? null : new Date(oldest * MS);
}
