import { type BillingReason, type InvoicedAmount, newInvoice } from '../objects/invoice.ts';
import { itemOf, periodOf } from '../objects/subscription.ts';
import type { Customer, Invoice, Subscription } from '../objects/wire.ts';
import type { Ledger } from '../state/ledger.ts';

const DAY = 24 * 60 * 60;
/** How long after each failed attempt at a renewal the next one is. After the last, the subscription is canceled. */
const RETRY_AFTER = [3 * DAY, 5 * DAY, 7 * DAY];

/** The customer of a subscription, who is not deleted: deleting one ends their subscriptions. */
export function customerOf(ledger: Ledger, subscription: Subscription): Customer {
	const customer = ledger.find('customer', subscription.customer);
	if (customer === undefined || customer.deleted === true)
		throw new Error(`${subscription.id} has no customer`);
	return customer;
}

/** Bills amounts; the invoice is open until `collect`. */
export function bill(
	ledger: Ledger,
	subscription: Subscription,
	reason: BillingReason,
	amounts: InvoicedAmount[],
): Invoice {
	const customer = customerOf(ledger, subscription);
	const invoice = newInvoice(ledger.now, subscription, customer, { reason, amounts });
	ledger.put({ ...customer, next_invoice_sequence: (customer.next_invoice_sequence ?? 1) + 1 });
	return ledger.record('invoice.created', invoice);
}

/** What a whole period of a subscription costs. */
export function periodAmount(subscription: Subscription): InvoicedAmount {
	const { price, quantity } = itemOf(subscription);
	const amount = price.unit_amount * quantity;
	return {
		amount,
		description: `${quantity} × creatorr Pro (at $${(price.unit_amount / 100).toFixed(2)} / ${price.recurring?.interval})`,
		price,
		period: periodOf(subscription),
		proration: false,
	};
}

/** Tries to take the money of an open invoice. */
export function collect(ledger: Ledger, invoice: Invoice, isPaid: boolean): Invoice {
	const attempts = invoice.attempt_count + 1;
	const attempted = { ...invoice, attempted: true, attempt_count: attempts };
	if (isPaid) return settleInvoice(ledger, attempted);
	const wait = invoice.billing_reason === 'subscription_create' ? undefined : RETRY_AFTER[attempts - 1];
	return ledger.record('invoice.payment_failed', {
		...attempted,
		auto_advance: wait !== undefined,
		next_payment_attempt: wait === undefined ? null : ledger.now + wait,
	});
}

function settleInvoice(ledger: Ledger, invoice: Invoice): Invoice {
	const paid: Invoice = {
		...invoice,
		amount_paid: invoice.amount_due,
		amount_remaining: 0,
		auto_advance: false,
		next_payment_attempt: null,
		status: 'paid',
		status_transitions: { ...invoice.status_transitions, paid_at: ledger.now },
	};
	ledger.record('invoice.payment_succeeded', paid);
	return ledger.record('invoice.paid', paid);
}

/** An invoice that nobody has to pay any more. */
export function voidInvoice(ledger: Ledger, invoice: Invoice): Invoice {
	return ledger.record('invoice.voided', {
		...invoice,
		auto_advance: false,
		next_payment_attempt: null,
		status: 'void',
		status_transitions: { ...invoice.status_transitions, voided_at: ledger.now },
	});
}

/** The invoice that a subscription waits to be paid. */
export function openInvoice(ledger: Ledger, subscription: Subscription): Invoice | undefined {
	const invoice = ledger.find('invoice', subscription.latest_invoice ?? '');
	return invoice?.status === 'open' ? invoice : undefined;
}
