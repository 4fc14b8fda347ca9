import { planOf } from './catalogue.ts';
import { newId } from './ids.ts';
import { listOf, type Price, type Subscription, type SubscriptionItem } from './wire.ts';

export type Period = { start: number; end: number };

/** What Stripe shows of features that are not used here. */
const UNUSED = {
	application: null,
	application_fee_percent: null,
	automatic_tax: { disabled_reason: null, enabled: false, liability: null },
	billing_cycle_anchor_config: null,
	billing_schedules: [],
	billing_thresholds: null,
	collection_method: 'charge_automatically',
	customer_account: null,
	days_until_due: null,
	default_payment_method: null,
	default_source: null,
	default_tax_rates: [],
	discounts: [],
	invoice_settings: {
		account_tax_ids: null,
		custom_fields: null,
		description: null,
		footer: null,
		issuer: { type: 'self' },
	},
	managed_payments: { enabled: false },
	next_pending_invoice_item_invoice: null,
	on_behalf_of: null,
	pause_collection: null,
	payment_settings: {
		payment_method_options: null,
		payment_method_types: null,
		save_default_payment_method: 'off',
	},
	pending_invoice_item_interval: null,
	pending_setup_intent: null,
	pending_update: null,
	schedule: null,
	test_clock: null,
	transfer_data: null,
	trial_end: null,
	trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
	trial_start: null,
} satisfies Partial<Subscription>;

/** A subscription whose first invoice is yet to be paid, as every one is at first. */
export function newSubscription(
	now: number,
	sold: {
		customer: string;
		price: Price;
		quantity: number;
		metadata: Record<string, string>;
		description: string | null;
	},
): Subscription {
	const id = newId('sub');
	const item = newItem(id, now, sold.price, sold.quantity, {
		start: now,
		end: periodEnd(sold.price, now, now),
	});
	return {
		id,
		object: 'subscription',
		...UNUSED,
		billing_cycle_anchor: now,
		billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
		cancel_at: null,
		cancel_at_period_end: false,
		canceled_at: null,
		cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
		created: now,
		currency: sold.price.currency,
		customer: sold.customer,
		description: sold.description,
		ended_at: null,
		items: listOf([item], `/v1/subscription_items?subscription=${id}`),
		latest_invoice: null,
		livemode: false,
		metadata: sold.metadata,
		start_date: now,
		status: 'incomplete',
	};
}

function newItem(
	subscription: string,
	now: number,
	price: Price,
	quantity: number,
	period: Period,
): SubscriptionItem {
	return {
		id: newId('si'),
		object: 'subscription_item',
		billing_thresholds: null,
		created: now,
		current_period_end: period.end,
		current_period_start: period.start,
		current_trial: null,
		discounts: [],
		metadata: {},
		plan: planOf(price),
		price,
		quantity,
		subscription,
		tax_rates: [],
	};
}

/** The one item that a subscription has here. */
export function itemOf(subscription: Subscription): SubscriptionItem {
	const [item] = subscription.items.data;
	if (item === undefined) throw new Error(`${subscription.id} has no item`);
	return item;
}

export function withItem(subscription: Subscription, changes: Partial<SubscriptionItem>): Subscription {
	const item = { ...itemOf(subscription), ...changes };
	return { ...subscription, items: { ...subscription.items, data: [item] } };
}

export function withPeriod(subscription: Subscription, { start, end }: Period): Subscription {
	return withItem(subscription, { current_period_start: start, current_period_end: end });
}

export function periodOf(subscription: Subscription): Period {
	const item = itemOf(subscription);
	return { start: item.current_period_start, end: item.current_period_end };
}

/** The first end of a billing cycle after a time: the anchor's day, or the month's last where it has no such day. */
export function periodEnd(price: Price, anchor: number, after: number): number {
	const { interval = 'month', interval_count: count = 1 } = price.recurring ?? {};
	const months = count * (interval === 'year' ? 12 : 1);
	let cycles = Math.max(1, Math.floor((after - anchor) / (31 * 86_400 * months)));
	while (addMonths(anchor, cycles * months) <= after) cycles += 1;
	return addMonths(anchor, cycles * months);
}

function addMonths(time: number, months: number): number {
	const date = new Date(time * 1000);
	const day = date.getUTCDate();
	date.setUTCDate(1);
	date.setUTCMonth(date.getUTCMonth() + months);
	const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
	date.setUTCDate(Math.min(day, lastDay));
	return Math.floor(date.getTime() / 1000);
}
