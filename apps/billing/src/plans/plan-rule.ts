import type { Plan } from '@creatorr/contracts/plans';
import type { Subscription } from '../customers/customer.ts';

/** Final statuses of a subscription in Stripe. */
const FINAL_STATUSES: readonly string[] = ['canceled', 'incomplete_expired'];

/**
 * Returns when a subscription whose payment failed stops counting: after the grace period, from the start of the first unpaid period.
 * The current period may be a later one, because Stripe starts new periods whether they are paid or not.
 */
function graceEnd({ unpaidSince, currentPeriodStart }: Subscription, graceMs: number): number {
	return (unpaidSince ?? currentPeriodStart).getTime() + graceMs;
}

/** Returns whether the subscription puts its user on Pro. */
function countsForPro(subscription: Subscription, now: Date, graceMs: number): boolean {
	if (subscription.status === 'active' || subscription.status === 'trialing') return true;
	return subscription.status === 'past_due' && now.getTime() < graceEnd(subscription, graceMs);
}

/** The inputs of the plan rule, besides the time. */
export interface PlanInputs {
	subscriptions: readonly Subscription[];
	/** End of a grant by an operator. */
	proGrantedUntil: Date | null;
}

function isGranted({ proGrantedUntil }: Pick<PlanInputs, 'proGrantedUntil'>, now: Date): boolean {
	return proGrantedUntil !== null && proGrantedUntil > now;
}

/**
 * Returns Pro while it is granted, or a subscription is active, trialing, or past due within the grace period. Depends only on the
 * current state in Stripe, the grant and the time, so neither the order nor the number of events matters.
 */
export function planOf(inputs: PlanInputs, now: Date, graceMs: number): Plan {
	if (isGranted(inputs, now)) return 'pro';
	return inputs.subscriptions.some((subscription) => countsForPro(subscription, now, graceMs))
		? 'pro'
		: 'free';
}

/**
 * Returns whether Stripe collects for the subscription or may do so again, even if it does not count for Pro. With a second subscription,
 * the user would pay twice. An incomplete subscription has never been paid, and expires.
 */
export function isOpenSubscription({ status }: Subscription): boolean {
	return !FINAL_STATUSES.includes(status) && status !== 'incomplete';
}

/** Returns the subscription to show: the newest that counts for Pro, otherwise the newest. */
export function mainSubscription(
	subscriptions: readonly Subscription[],
	now: Date,
	graceMs: number,
): Subscription | undefined {
	const newestFirst = subscriptions.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
	return newestFirst.find((subscription) => countsForPro(subscription, now, graceMs)) ?? newestFirst[0];
}

/**
 * Returns when Stripe has to be read again without an event: after the interval while something may change, and when a grace period or a
 * grant ends. Null if nothing can change.
 */
export function nextSyncAt(
	{ subscriptions, proGrantedUntil, checkoutUntil }: PlanInputs & { checkoutUntil: Date | null },
	now: Date,
	{ graceMs, syncIntervalMs }: { graceMs: number; syncIntervalMs: number },
): Date | null {
	const unfinished = subscriptions.filter(({ status }) => !FINAL_STATUSES.includes(status));
	const isCheckoutOpen = checkoutUntil !== null && checkoutUntil > now;
	const timesMs = unfinished
		.filter(({ status }) => status === 'past_due')
		.map((subscription) => graceEnd(subscription, graceMs))
		.filter((endMs) => endMs > now.getTime());
	if (proGrantedUntil !== null && isGranted({ proGrantedUntil }, now))
		timesMs.push(proGrantedUntil.getTime());
	if (unfinished.length > 0 || isCheckoutOpen) timesMs.push(now.getTime() + syncIntervalMs);
	return timesMs.length === 0 ? null : new Date(Math.min(...timesMs));
}
