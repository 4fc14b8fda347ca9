import { type Invoice, newId, type Subscription } from '../objects.ts';
import type { Transaction } from '../state.ts';

const DAY_SECONDS = 24 * 60 * 60;
/** The pauses after failed attempts at a renewal. After the last attempt, the account's settings decide. */
const RETRY_AFTER_SECONDS = [3 * DAY_SECONDS, 5 * DAY_SECONDS, 7 * DAY_SECONDS];

/** Creates an open invoice. `total` is in cents. */
export function createInvoice(
	tx: Transaction,
	{ id, customer, metadata }: Subscription,
	reason: NonNullable<Invoice['billing_reason']>,
	total: number,
): Invoice {
	const payer = tx.find('customer', customer);
	const invoice: Invoice = {
		id: newId('in'),
		object: 'invoice',
		attempt_count: 0,
		billing_reason: reason,
		created: tx.now,
		customer,
		customer_email: payer === undefined || payer.deleted === true ? null : payer.email,
		livemode: false,
		next_payment_attempt: null,
		parent: {
			quote_details: null,
			subscription_details: { metadata, subscription: id },
			type: 'subscription_details',
		},
		status: 'open',
		total,
	};
	tx.put(invoice);
	return invoice;
}

/** Attempts to collect an open invoice. */
export function collect(tx: Transaction, invoice: Invoice, isPaid: boolean): Invoice {
	const attempted = { ...invoice, attempt_count: invoice.attempt_count + 1 };
	if (isPaid) return tx.record('invoice.paid', { ...attempted, status: 'paid', next_payment_attempt: null });
	const pause = RETRY_AFTER_SECONDS[invoice.attempt_count];
	const isRetried = pause !== undefined && invoice.billing_reason !== 'subscription_create';
	const next_payment_attempt = isRetried ? tx.now + pause : null;
	return tx.record('invoice.payment_failed', { ...attempted, next_payment_attempt });
}

/** Returns the unpaid latest invoice of a subscription. */
export function openInvoice(tx: Transaction, subscription: Subscription): Invoice | undefined {
	const invoice = tx.find('invoice', subscription.latest_invoice ?? '');
	return invoice?.status === 'open' ? invoice : undefined;
}
