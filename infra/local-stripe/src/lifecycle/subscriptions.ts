import { newId, type Price, type Subscription } from '../objects.ts';
import type { Transaction } from '../state.ts';

type Item = Subscription['items']['data'][number];

/** Creates a subscription, `incomplete` until its first invoice is paid. */
export function newSubscription(
	now: number,
	{ customer, price, metadata }: { customer: string; price: Price; metadata: Record<string, string> },
): Subscription {
	const id = newId('sub');
	const item: Item = {
		id: newId('si', 14),
		object: 'subscription_item',
		created: now,
		current_period_end: periodEnd(price, now, now),
		current_period_start: now,
		price,
		quantity: 1,
		subscription: id,
	};
	return {
		id,
		object: 'subscription',
		billing_cycle_anchor: now,
		cancel_at: null,
		cancel_at_period_end: false,
		created: now,
		customer,
		ended_at: null,
		items: {
			object: 'list',
			data: [item],
			has_more: false,
			url: `/v1/subscription_items?subscription=${id}`,
		},
		latest_invoice: null,
		livemode: false,
		metadata,
		status: 'incomplete',
	};
}

/** Returns the item of a subscription; here each has one. */
export function itemOf({ id, items }: Subscription): Item {
	const [item] = items.data;
	if (item === undefined) throw new Error(`${id} has no item`);
	return item;
}

export function withItem(subscription: Subscription, changes: Partial<Item>): Subscription {
	const item = { ...itemOf(subscription), ...changes };
	return { ...subscription, items: { ...subscription.items, data: [item] } };
}

/** Returns the first end of a period after a time: on the anchor's day, or on the last day of a month without that day. */
export function periodEnd({ recurring }: Price, anchor: number, after: number): number {
	const months = recurring.interval_count * (recurring.interval === 'year' ? 12 : 1);
	let periods = Math.max(1, Math.floor((after - anchor) / (31 * 86_400 * months)));
	while (addMonths(anchor, periods * months) <= after) periods += 1;
	return addMonths(anchor, periods * months);
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

export function hasEnded({ status }: Subscription): boolean {
	return status === 'canceled' || status === 'incomplete_expired';
}

export function cancelNow(tx: Transaction, subscription: Subscription): Subscription {
	return tx.record('customer.subscription.deleted', {
		...subscription,
		ended_at: tx.now,
		status: subscription.status === 'incomplete' ? 'incomplete_expired' : 'canceled',
	});
}

/**
 * Schedules the end of a subscription with its period.
 * @param isFlagged whether to set `cancel_at_period_end` too. The API sets it; Stripe's customer portal sets only `cancel_at`.
 */
export function scheduleCancel(
	tx: Transaction,
	subscription: Subscription,
	isFlagged: boolean,
): Subscription {
	const end = itemOf(subscription).current_period_end;
	const changes = { cancel_at: end, cancel_at_period_end: isFlagged };
	return tx.record('customer.subscription.updated', { ...subscription, ...changes });
}

/** Takes back a scheduled end. */
export function resume(tx: Transaction, subscription: Subscription): Subscription {
	const changes = { cancel_at: null, cancel_at_period_end: false };
	return tx.record('customer.subscription.updated', { ...subscription, ...changes });
}

/** Tells whether the customer's card pays renewals. */
export function willPay(tx: Transaction, { customer }: Subscription): boolean {
	return tx.find('wallet', customer)?.payments !== 'fail';
}
