import { invalidRequest } from '../errors.ts';
import { planOf } from '../objects/catalogue.ts';
import type { InvoicedAmount } from '../objects/invoice.ts';
import { itemOf, periodEnd, periodOf, withItem, withPeriod } from '../objects/subscription.ts';
import type { Price, Subscription } from '../objects/wire.ts';
import type { Ledger } from '../state/ledger.ts';
import { bill, collect, periodAmount } from './invoicing.ts';

type CancellationReason = 'cancellation_requested' | 'payment_failed';

export function isEnded({ status }: Subscription): boolean {
	return status === 'canceled' || status === 'incomplete_expired';
}

/** Ends a subscription now. */
export function cancelNow(
	ledger: Ledger,
	subscription: Subscription,
	reason: CancellationReason,
	details: Partial<NonNullable<Subscription['cancellation_details']>> = {},
): Subscription {
	return ledger.record('customer.subscription.deleted', {
		...subscription,
		cancellation_details: {
			comment: null,
			feedback: null,
			feedback_option: null,
			...subscription.cancellation_details,
			...details,
			reason: subscription.cancellation_details?.reason ?? reason,
		},
		canceled_at: subscription.canceled_at ?? ledger.now,
		ended_at: ledger.now,
		status: subscription.status === 'incomplete' ? 'incomplete_expired' : 'canceled',
	});
}

/**
 * Lets a subscription end with its period, or at another time.
 * @param isFlagged whether `cancel_at_period_end` says so too: Stripe's customer portal sets only `cancel_at` for
 * subscriptions in the flexible billing mode, which all new ones are in
 */
export function scheduleCancel(
	subscription: Subscription,
	now: number,
	{ at = periodOf(subscription).end, isFlagged }: { at?: number; isFlagged: boolean },
): Subscription {
	return {
		...subscription,
		cancel_at: at,
		cancel_at_period_end: isFlagged,
		canceled_at: now,
		cancellation_details: {
			comment: null,
			feedback: null,
			feedback_option: null,
			...subscription.cancellation_details,
			reason: 'cancellation_requested',
		},
	};
}

/** Takes a scheduled end back. */
export function resume(subscription: Subscription): Subscription {
	return {
		...subscription,
		cancel_at: null,
		cancel_at_period_end: false,
		canceled_at: null,
		cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
	};
}

/**
 * Sells another price or quantity. Another interval begins a new period at once, which is billed less what was left of
 * the old one; the same interval keeps its period.
 */
export function switchItem(
	ledger: Ledger,
	subscription: Subscription,
	{ price, quantity }: { price: Price; quantity: number },
): Subscription {
	const old = itemOf(subscription);
	if (old.price.id === price.id && old.quantity === quantity) return subscription;
	const switched = withItem(subscription, { price, plan: planOf(price), quantity });
	if (old.price.recurring?.interval === price.recurring?.interval) return switched;
	const end = periodEnd(price, ledger.now, ledger.now);
	const anchored = {
		...withPeriod(switched, { start: ledger.now, end }),
		billing_cycle_anchor: ledger.now,
		cancel_at: subscription.cancel_at === null ? null : end,
	};
	const invoice = bill(ledger, anchored, 'subscription_update', [
		unusedTime(ledger, subscription),
		periodAmount(anchored),
	]);
	const isPaid = ledger.find('wallet', subscription.customer)?.payments !== 'fail';
	const collected = collect(ledger, invoice, isPaid);
	return { ...anchored, latest_invoice: collected.id, status: isPaid ? 'active' : 'past_due' };
}

function unusedTime(ledger: Ledger, subscription: Subscription): InvoicedAmount {
	const { price, quantity } = itemOf(subscription);
	const { start, end } = periodOf(subscription);
	const left = Math.max(0, Math.min(1, (end - ledger.now) / (end - start)));
	return {
		amount: -Math.round(price.unit_amount * quantity * left),
		description: 'Unused time on creatorr Pro',
		price,
		period: { start: ledger.now, end },
		proration: true,
	};
}

/** What a subscription that has ended may still have changed: nothing. */
export function refuseEnded(subscription: Subscription): void {
	if (!isEnded(subscription)) return;
	throw invalidRequest('A canceled subscription can only update its cancellation_details and metadata.', {
		code: 'invalid_canceled_subscription_fields',
	});
}
