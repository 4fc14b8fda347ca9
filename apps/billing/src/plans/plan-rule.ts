import type { Plan } from '@creatorr/contracts/plans';
import type { Subscription } from '../customers/customer.ts';

/** Statuses that no event of Stripe changes any more. */
const OVER: readonly string[] = ['canceled', 'incomplete_expired'];

/**
 * Returns when a subscription whose payment failed stops counting: this long after the start of the first unpaid period. The current
 * period may be a later one, because Stripe starts new periods whether they are paid or not.
 */
function graceEnd({ unpaidSince, currentPeriodStart }: Subscription, graceMs: number): number {
	return (unpaidSince ?? currentPeriodStart).getTime() + graceMs;
}

function counts(subscription: Subscription, now: Date, graceMs: number): boolean {
	if (subscription.status === 'active' || subscription.status === 'trialing') return true;
	return subscription.status === 'past_due' && now.getTime() < graceEnd(subscription, graceMs);
}

/** What a plan depends on, besides the time. */
export interface Grounds {
	subscriptions: readonly Subscription[];
	/** By an operator. */
	proGrantedUntil: Date | null;
}

function isGranted({ proGrantedUntil }: Pick<Grounds, 'proGrantedUntil'>, now: Date): boolean {
	return proGrantedUntil !== null && proGrantedUntil > now;
}

/**
 * Returns pro while it is granted, or a subscription is active, trialing, or past due within the grace. It depends only on what
 * Stripe says now, the grant and the time, so neither the order nor the number of events matters.
 */
export function planOf(grounds: Grounds, now: Date, graceMs: number): Plan {
	if (isGranted(grounds, now)) return 'pro';
	return grounds.subscriptions.some((subscription) => counts(subscription, now, graceMs)) ? 'pro' : 'free';
}

/**
 * True when Stripe collects for the subscription, or may do so again, even where it does not count here: with a second one the user
 * would pay twice. An incomplete subscription has never been paid, and expires.
 */
export function isOngoing({ status }: Subscription): boolean {
	return !OVER.includes(status) && status !== 'incomplete';
}

/** Returns the subscription to show: the newest that counts, else the newest. */
export function mainSubscription(
	subscriptions: readonly Subscription[],
	now: Date,
	graceMs: number,
): Subscription | undefined {
	const newestFirst = subscriptions.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
	return newestFirst.find((subscription) => counts(subscription, now, graceMs)) ?? newestFirst[0];
}

/**
 * Returns when Stripe has to be asked again without an event: after the interval while something may still change, and when a grace
 * or a grant ends. Null when nothing can change any more.
 */
export function nextSyncAt(
	{ subscriptions, proGrantedUntil, checkoutUntil }: Grounds & { checkoutUntil: Date | null },
	now: Date,
	{ graceMs, reconcileMs }: { graceMs: number; reconcileMs: number },
): Date | null {
	const living = subscriptions.filter(({ status }) => !OVER.includes(status));
	const isCheckoutOpen = checkoutUntil !== null && checkoutUntil > now;
	const ends = living
		.filter(({ status }) => status === 'past_due')
		.map((subscription) => graceEnd(subscription, graceMs))
		.filter((endMs) => endMs > now.getTime());
	if (proGrantedUntil !== null && isGranted({ proGrantedUntil }, now)) ends.push(proGrantedUntil.getTime());
	if (living.length > 0 || isCheckoutOpen) ends.push(now.getTime() + reconcileMs);
	return ends.length === 0 ? null : new Date(Math.min(...ends));
}
