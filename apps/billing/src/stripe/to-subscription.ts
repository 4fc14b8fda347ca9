import type { BillingCycle } from '@creatorr/contracts/billing';
import type Stripe from 'stripe';
import type { Subscription } from '../domain/subscription.ts';

const MS = 1000;

/** Since 2025 the period is told with each item; all items of one of our subscriptions have the same. */
export function toSubscription(subscription: Stripe.Subscription, unpaidSince: Date | null): Subscription {
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

/** By the interval and not by the price: who subscribed at an older one keeps it. */
function cycleOf(recurring: Stripe.Price.Recurring | null | undefined): BillingCycle | null {
	if (recurring?.interval_count !== 1) return null;
	if (recurring.interval === 'month') return 'monthly';
	return recurring.interval === 'year' ? 'yearly' : null;
}
