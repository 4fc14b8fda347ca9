import type { BillingCycle } from '@creatorr/contracts/billing';
import type Stripe from 'stripe';
import type { Subscription } from '../domain/subscription.ts';

export type Prices = Readonly<Record<BillingCycle, string>>;

const MS = 1000;

/** Since 2025 the period is told with each item; all items of one of our subscriptions have the same. */
export function toSubscription(subscription: Stripe.Subscription, prices: Prices): Subscription {
	const item = subscription.items.data[0];
	const start = item?.current_period_start ?? subscription.created;
	const end = item?.current_period_end ?? subscription.created;
	return {
		id: subscription.id,
		status: subscription.status,
		cycle: cycleOf(item?.price.id, prices),
		createdAt: new Date(subscription.created * MS),
		currentPeriodStart: new Date(start * MS),
		currentPeriodEnd: new Date(end * MS),
		// Since 2025 the portal may set a date instead of the flag.
		cancelAtPeriodEnd: subscription.cancel_at_period_end || subscription.cancel_at !== null,
	};
}

function cycleOf(price: string | undefined, prices: Prices): BillingCycle | null {
	if (price === prices.monthly) return 'monthly';
	return price === prices.yearly ? 'yearly' : null;
}
