import { newId } from './ids.ts';
import { itemOf, type Period } from './subscription.ts';
import {
	type Customer,
	type Invoice,
	type InvoiceLine,
	listOf,
	type Price,
	type Subscription,
} from './wire.ts';

export type BillingReason = 'subscription_create' | 'subscription_cycle' | 'subscription_update';

export type InvoicedAmount = {
	amount: number;
	description: string;
	price: Price;
	period: Period;
	/** Whether it stands for a part of a period. */
	proration: boolean;
};

/** What Stripe shows of features that are not used here. */
const UNUSED = {
	account_country: 'US',
	account_name: 'creatorr',
	account_tax_ids: null,
	amount_overpaid: 0,
	amount_shipping: 0,
	application: null,
	automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
	automatically_finalizes_at: null,
	custom_fields: null,
	customer_account: null,
	customer_address: null,
	customer_phone: null,
	customer_shipping: null,
	customer_tax_exempt: 'none',
	customer_tax_ids: [],
	default_payment_method: null,
	default_source: null,
	default_tax_rates: [],
	description: null,
	discounts: [],
	due_date: null,
	footer: null,
	from_invoice: null,
	hosted_invoice_url: null,
	invoice_pdf: null,
	issuer: { type: 'self' },
	last_finalization_error: null,
	latest_revision: null,
	on_behalf_of: null,
	payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
	post_payment_credit_notes_amount: 0,
	pre_payment_credit_notes_amount: 0,
	receipt_number: null,
	rendering: null,
	shipping_cost: null,
	shipping_details: null,
	statement_descriptor: null,
	test_clock: null,
	total_discount_amounts: [],
	total_pretax_credit_amounts: [],
	total_taxes: [],
	webhooks_delivered_at: null,
} satisfies Partial<Invoice>;

/** An invoice that is to be paid now. */
export function newInvoice(
	now: number,
	subscription: Subscription,
	customer: Customer,
	{ reason, amounts }: { reason: BillingReason; amounts: InvoicedAmount[] },
): Invoice {
	const id = newId('in');
	const total = amounts.reduce((sum, { amount }) => sum + amount, 0);
	const due = Math.max(0, total);
	const lines = amounts.map((amount) => invoiceLine(id, subscription, amount));
	return {
		id,
		object: 'invoice',
		...UNUSED,
		amount_due: due,
		amount_paid: 0,
		amount_remaining: due,
		attempt_count: 0,
		attempted: false,
		auto_advance: true,
		billing_reason: reason,
		collection_method: 'charge_automatically',
		created: now,
		currency: subscription.currency,
		customer: customer.id,
		customer_email: customer.email,
		customer_name: customer.name ?? null,
		effective_at: now,
		ending_balance: 0,
		lines: listOf(lines, `/v1/invoices/${id}/lines`),
		livemode: false,
		metadata: {},
		next_payment_attempt: null,
		number: `${customer.invoice_prefix}-${String(customer.next_invoice_sequence ?? 1).padStart(4, '0')}`,
		parent: {
			quote_details: null,
			subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
			type: 'subscription_details',
		},
		period_end: now,
		period_start: reason === 'subscription_cycle' ? (amounts[0]?.period.start ?? now) : now,
		starting_balance: 0,
		status: 'open',
		status_transitions: { finalized_at: now, marked_uncollectible_at: null, paid_at: null, voided_at: null },
		subtotal: total,
		subtotal_excluding_tax: total,
		total,
		total_excluding_tax: total,
	};
}

function invoiceLine(invoice: string, subscription: Subscription, billed: InvoicedAmount): InvoiceLine {
	const item = itemOf(subscription);
	return {
		id: newId('il'),
		object: 'line_item',
		amount: billed.amount,
		currency: subscription.currency,
		description: billed.description,
		discount_amounts: [],
		discountable: !billed.proration,
		discounts: [],
		invoice,
		livemode: false,
		metadata: subscription.metadata,
		parent: {
			invoice_item_details: null,
			subscription_item_details: {
				invoice_item: null,
				proration: billed.proration,
				proration_details: { credited_items: null },
				subscription: subscription.id,
				subscription_item: item.id,
			},
			type: 'subscription_item_details',
		},
		period: billed.period,
		pretax_credit_amounts: [],
		pricing: {
			price_details: { price: billed.price.id, product: billed.price.product },
			type: 'price_details',
			unit_amount_decimal: billed.price.unit_amount_decimal,
		},
		quantity: item.quantity,
		quantity_decimal: String(item.quantity),
		subscription: subscription.id,
		subtotal: billed.amount,
		taxes: [],
	};
}
