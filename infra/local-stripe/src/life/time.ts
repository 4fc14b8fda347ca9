import { itemOf, periodEnd, periodOf, withPeriod } from '../objects/subscription.ts';
import type { Subscription } from '../objects/wire.ts';
import type { Ledger } from '../state/ledger.ts';
import { expireCheckout } from './checkout.ts';
import { bill, collect, openInvoice, periodAmount, voidInvoice } from './invoicing.ts';
import { shiftTimes } from './shift-times.ts';
import { cancelNow, isEnded } from './subscription-changes.ts';

/** How long Stripe waits for the first payment. */
const INCOMPLETE_SECONDS = 23 * 60 * 60;

type Due = { at: number; act: (ledger: Ledger) => Subscription };

/** Does everything whose time has come, in the order in which it came. */
export function settleAll(ledger: Ledger): void {
	for (const session of ledger.newestFirst('checkout.session')) {
		if (session.status === 'open' && session.expires_at <= ledger.now) expireCheckout(ledger, session);
	}
	for (const subscription of ledger.newestFirst('subscription')) settle(ledger, subscription);
}

/** What time does to one subscription: renewals, further attempts at unpaid ones, the end. */
export function settle(ledger: Ledger, subscription: Subscription): Subscription {
	let current = subscription;
	for (let due = nextDue(ledger, current); due && due.at <= ledger.now; due = nextDue(ledger, current)) {
		current = due.act({ ...ledger, now: due.at });
	}
	return current;
}

/**
 * Lets time pass for one subscription, to the next thing that happens to it or by a number of seconds. Since the
 * clocks of everybody else stay as they are, its past is moved back: its period ends now, say.
 */
export function advance(
	ledger: Ledger,
	subscription: Subscription,
	seconds: number | undefined,
): Subscription {
	const due = nextDue(ledger, subscription);
	const by = seconds ?? Math.max(0, (due?.at ?? ledger.now) - ledger.now);
	for (const invoice of ledger.newestFirst('invoice', { customer: subscription.customer })) {
		if (invoice.parent?.subscription_details?.subscription === subscription.id) {
			ledger.put(shiftTimes(invoice, -by));
		}
	}
	const shifted = shiftTimes(subscription, -by);
	// months differ in length: from an anchor that was moved back by days, the next period would not be a whole one
	const older = { ...shifted, billing_cycle_anchor: periodOf(shifted).end };
	ledger.put(older);
	return settle(ledger, older);
}

function nextDue(ledger: Ledger, subscription: Subscription): Due | undefined {
	if (isEnded(subscription)) return undefined;
	if (subscription.status === 'incomplete') {
		return { at: subscription.created + INCOMPLETE_SECONDS, act: (then) => giveUp(then, subscription) };
	}
	const { end } = periodOf(subscription);
	if (subscription.cancel_at !== null && subscription.cancel_at <= end) {
		return {
			at: subscription.cancel_at,
			act: (then) => cancelNow(then, subscription, 'cancellation_requested'),
		};
	}
	const retryAt = openInvoice(ledger, subscription)?.next_payment_attempt ?? null;
	if (retryAt !== null && retryAt <= end) {
		return { at: retryAt, act: (then) => payOpenInvoice(then, subscription, willPay(then, subscription)) };
	}
	return { at: end, act: (then) => renew(then, subscription) };
}

function renew(ledger: Ledger, subscription: Subscription): Subscription {
	const start = periodOf(subscription).end;
	const end = periodEnd(itemOf(subscription).price, subscription.billing_cycle_anchor, start);
	const next = withPeriod(subscription, { start, end });
	// Stripe goes on with drafts that nobody is asked to pay, which are left out here.
	if (subscription.status === 'unpaid')
		return ledger.record('customer.subscription.updated', next, subscription);
	const invoice = bill(ledger, next, 'subscription_cycle', [periodAmount(next)]);
	const isPaid = willPay(ledger, subscription);
	collect(ledger, invoice, isPaid);
	const status = isPaid ? 'active' : 'past_due';
	return ledger.record(
		'customer.subscription.updated',
		{ ...next, latest_invoice: invoice.id, status },
		subscription,
	);
}

/** A further attempt at what a subscription owes. After the last that fails, Stripe gives it up as it is set up to. */
export function payOpenInvoice(ledger: Ledger, subscription: Subscription, isPaid: boolean): Subscription {
	const open = openInvoice(ledger, subscription);
	if (open === undefined) return subscription;
	const invoice = collect(ledger, open, isPaid);
	if (isPaid && subscription.status !== 'active') {
		return ledger.record(
			'customer.subscription.updated',
			{ ...subscription, status: 'active' },
			subscription,
		);
	}
	const isLast = !isPaid && invoice.next_payment_attempt === null && subscription.status === 'past_due';
	return isLast ? giveUpRenewal(ledger, subscription) : subscription;
}

function giveUpRenewal(ledger: Ledger, subscription: Subscription): Subscription {
	switch (ledger.renewals.after_last_failure) {
		case 'cancel':
			return cancelNow(ledger, subscription, 'payment_failed');
		case 'mark_unpaid': {
			const unpaid: Subscription = { ...subscription, status: 'unpaid' };
			return ledger.record('customer.subscription.updated', unpaid, subscription);
		}
		case 'leave_past_due':
			return subscription;
	}
}

function giveUp(ledger: Ledger, subscription: Subscription): Subscription {
	const open = openInvoice(ledger, subscription);
	if (open !== undefined) voidInvoice(ledger, open);
	const expired: Subscription = { ...subscription, ended_at: ledger.now, status: 'incomplete_expired' };
	return ledger.record('customer.subscription.updated', expired, subscription);
}

function willPay(ledger: Ledger, { customer }: Subscription): boolean {
	return ledger.find('wallet', customer)?.payments !== 'fail';
}
