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

/** What a plan follows from, besides the time. */
export interface Grounds {
	subscriptions: readonly Subscription[];
	/** By an operator. */
	proGrantedUntil: Date | null;
}

function isGranted({ proGrantedUntil }: Pick<Grounds, 'proGrantedUntil'>, now: Date): boolean {
	return proGrantedUntil !== null && proGrantedUntil > now;
}

/**
 * Pro while it is granted, or a subscription is active, trialing, or past due within the grace. Depends on nothing but what Stripe
 * says now, the grant and the time, so that neither the order nor the number of events matters.
 */
export function planOf(grounds: Grounds, now: Date, graceMs: number): Plan {
	if (isGranted(grounds, now)) return 'pro';
	return grounds.subscriptions.some((subscription) => counts(subscription, now, graceMs)) ? 'pro' : 'free';
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
 * grace or a grant ends. Null when all is over.
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
