import type { Invoice, Price, Subscription } from '../objects.ts';
import type { Transaction } from '../state.ts';
import { expireCheckout } from './checkout.ts';
import { collect, createInvoice, openInvoice } from './invoices.ts';
import { cancelNow, hasEnded, itemOf, periodEnd, willPay, withItem } from './subscriptions.ts';

/** What happens next to a subscription, and when. */
type Due = { at: number; act: (tx: Transaction) => Subscription };

/** Does everything that is due: expires checkouts, renews and ends subscriptions, retries payments. */
export function settleAll(tx: Transaction): void {
	for (const session of tx.newestFirst('checkout.session')) {
		if (session.status === 'open' && session.expires_at <= tx.now) expireCheckout(tx, session);
	}
	for (const subscription of tx.newestFirst('subscription')) settle(tx, subscription);
}

/** Does what is due for one subscription, in order. */
function settle(tx: Transaction, subscription: Subscription): Subscription {
	let current = subscription;
	for (let due = nextDue(tx, current); due && due.at <= tx.now; due = nextDue(tx, current)) {
		current = due.act({ ...tx, now: due.at });
	}
	return current;
}

/**
 * Lets time pass for one subscription: until the next thing that happens to it, or by `seconds`. It moves the subscription's past
 * back, because all other clocks keep their time.
 */
export function advance(tx: Transaction, subscription: Subscription, seconds?: number): Subscription {
	const due = nextDue(tx, subscription);
	const by = seconds ?? Math.max(0, (due?.at ?? tx.now) - tx.now);
	for (const invoice of tx.newestFirst('invoice', subscription.customer)) {
		if (invoice.parent?.subscription_details?.subscription !== subscription.id) continue;
		tx.put(moveBack(invoice, ['created', 'next_payment_attempt'], by));
	}
	const item = itemOf(subscription);
	const older = withItem(
		moveBack(subscription, ['created', 'cancel_at'], by),
		moveBack(item, ['created', 'current_period_start', 'current_period_end'], by),
	);
	// months differ in length: from an anchor that was moved back by days, the next period would not be a whole month
	older.billing_cycle_anchor = itemOf(older).current_period_end;
	tx.put(older);
	return settle(tx, older);
}

/** Subtracts seconds from the given times of an object. */
function moveBack<T extends object>(object: T, times: (keyof T)[], seconds: number): T {
	const moved = times.map((key) => {
		const time = object[key];
		return [key, typeof time === 'number' ? time - seconds : time];
	});
	return { ...object, ...Object.fromEntries(moved) };
}

function nextDue(tx: Transaction, subscription: Subscription): Due | undefined {
	// Stripe ends incomplete subscriptions after 23 hours
	if (hasEnded(subscription) || subscription.status === 'incomplete') return undefined;
	const { current_period_end: end } = itemOf(subscription);
	if (subscription.cancel_at !== null && subscription.cancel_at <= end) {
		return { at: subscription.cancel_at, act: (then) => cancelNow(then, subscription) };
	}
	const retryAt = openInvoice(tx, subscription)?.next_payment_attempt ?? null;
	if (retryAt !== null && retryAt <= end) {
		return { at: retryAt, act: (then) => payOpenInvoice(then, subscription, willPay(then, subscription)) };
	}
	return { at: end, act: (then) => renew(then, subscription) };
}

function renew(tx: Transaction, subscription: Subscription): Subscription {
	const { current_period_end: start, price } = itemOf(subscription);
	const end = periodEnd(price, subscription.billing_cycle_anchor, start);
	const next = withItem(subscription, { current_period_start: start, current_period_end: end });
	// Stripe creates drafts for these that it doesn't collect
	if (subscription.status === 'unpaid') return tx.record('customer.subscription.updated', next);
	return bill(tx, next, 'subscription_cycle', price.unit_amount);
}

/** Changes the price, as the customer portal does. A new period begins now; its invoice deducts what is unused of the old one. */
export function changePrice(tx: Transaction, subscription: Subscription, price: Price): Subscription {
	const { current_period_start: start, current_period_end: oldEnd, price: old } = itemOf(subscription);
	const end = periodEnd(price, tx.now, tx.now);
	const next = withItem(subscription, { price, current_period_start: tx.now, current_period_end: end });
	const cancel_at = subscription.cancel_at === null ? null : end;
	const unused = Math.round((old.unit_amount * Math.max(0, oldEnd - tx.now)) / (oldEnd - start));
	const changed = { ...next, billing_cycle_anchor: tx.now, cancel_at };
	return bill(tx, changed, 'subscription_update', price.unit_amount - unused);
}

/** Collects the price of the period that a subscription has begun. `total` is in cents. */
function bill(
	tx: Transaction,
	subscription: Subscription,
	reason: NonNullable<Invoice['billing_reason']>,
	total: number,
): Subscription {
	const isPaid = willPay(tx, subscription);
	const { id } = collect(tx, createInvoice(tx, subscription, reason, total), isPaid);
	const status = isPaid ? 'active' : 'past_due';
	return tx.record('customer.subscription.updated', { ...subscription, latest_invoice: id, status });
}

/** Attempts to collect what a subscription owes. After the last failed attempt, the account's settings apply. */
export function payOpenInvoice(tx: Transaction, subscription: Subscription, isPaid: boolean): Subscription {
	const open = openInvoice(tx, subscription);
	if (open === undefined) return subscription;
	const invoice = collect(tx, open, isPaid);
	const withStatus = (status: Subscription['status']): Subscription =>
		tx.record('customer.subscription.updated', { ...subscription, status });
	if (isPaid) return withStatus('active');
	if (invoice.next_payment_attempt !== null || subscription.status !== 'past_due') return subscription;
	switch (tx.renewals.after_last_failure) {
		case 'cancel':
			return cancelNow(tx, subscription);
		case 'mark_unpaid':
			return withStatus('unpaid');
		case 'leave_past_due':
			return subscription;
	}
}
