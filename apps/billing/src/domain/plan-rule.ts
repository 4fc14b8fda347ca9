import type { Plan } from '@creatorr/contracts/plans';
import type { Subscription } from './subscription.ts';

/** Whose status no event of Stripe changes any more. */
const OVER: readonly string[] = ['canceled', 'incomplete_expired'];

/**
 * When a subscription whose payment failed stops to count: so long after the first period that is not paid has begun. The
 * current one may be a later one: Stripe goes on with periods whether they are paid or not.
 */
function graceEnd({ unpaidSince, currentPeriodStart }: Subscription, graceMs: number): number {
	return (unpaidSince ?? currentPeriodStart).getTime() + graceMs;
}

function counts(subscription: Subscription, now: Date, graceMs: number): boolean {
	if (subscription.status === 'active' || subscription.status === 'trialing') return true;
	return subscription.status === 'past_due' && now.getTime() < graceEnd(subscription, graceMs);
}

/**
 * Pro while a subscription is active, trialing, or past due within the grace. Depends on nothing but what Stripe says now and
 * the time, so that neither the order nor the number of events matters.
 */
export function planOf(subscriptions: readonly Subscription[], now: Date, graceMs: number): Plan {
	return subscriptions.some((subscription) => counts(subscription, now, graceMs)) ? 'pro' : 'free';
}

/**
 * Whether Stripe goes on collecting for it, or may do so again, whatever it counts for here: whoever has such a one would pay
 * twice with a second. One that is incomplete has never been paid, and ends by itself.
 */
export function isOngoing({ status }: Subscription): boolean {
	return !OVER.includes(status) && status !== 'incomplete';
}

/** The subscription that a person means: the one that counts, else the latest. */
export function mainSubscription(
	subscriptions: readonly Subscription[],
	now: Date,
	graceMs: number,
): Subscription | undefined {
	const newestFirst = subscriptions.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
	return newestFirst.find((subscription) => counts(subscription, now, graceMs)) ?? newestFirst[0];
}

/**
 * When Stripe has to be asked again although no event came: after the interval while something may still change, and when a
 * grace ends. Null when all is over.
 */
export function nextSyncAt(
	{ subscriptions, checkoutUntil }: { subscriptions: readonly Subscription[]; checkoutUntil: Date | null },
	now: Date,
	{ graceMs, reconcileMs }: { graceMs: number; reconcileMs: number },
): Date | null {
	const living = subscriptions.filter(({ status }) => !OVER.includes(status));
	const isCheckoutOpen = checkoutUntil !== null && checkoutUntil > now;
	if (living.length === 0 && !isCheckoutOpen) return null;
	const graceEnds = living
		.filter(({ status }) => status === 'past_due')
		.map((subscription) => graceEnd(subscription, graceMs))
		.filter((endMs) => endMs > now.getTime());
	return new Date(Math.min(now.getTime() + reconcileMs, ...graceEnds));
}
