import { z } from 'zod';
import { invalidRequest, noSuch, notFound } from '../../errors.ts';
import { priceOf } from '../../life/checkout.ts';
import {
	cancelNow,
	isEnded,
	refuseEnded,
	resume,
	scheduleCancel,
	switchItem,
} from '../../life/subscription-changes.ts';
import { itemOf } from '../../objects/subscription.ts';
import type { Subscription } from '../../objects/wire.ts';
import type { Ledger } from '../../state/ledger.ts';
import { listParameters, pageOf } from '../lists.ts';
import { operation } from '../operation.ts';
import { clearableText, expand, flag, integer, mergeMetadata, metadata, text } from '../parameters.ts';

const PATH = '/v1/subscriptions';

const cancellationDetails = z
	.strictObject({
		comment: clearableText.optional(),
		feedback: z
			.enum([
				'customer_service',
				'low_quality',
				'missing_features',
				'other',
				'switched_service',
				'too_complex',
				'too_expensive',
				'unused',
			])
			.optional(),
	})
	.optional();

const update = z.strictObject({
	cancel_at: z.union([z.enum(['', 'min_period_end', 'max_period_end']), integer]).optional(),
	cancel_at_period_end: flag.optional(),
	cancellation_details: cancellationDetails,
	description: clearableText.optional(),
	items: z
		.array(z.strictObject({ id: text.optional(), price: text.optional(), quantity: integer.optional() }))
		.length(1)
		.optional(),
	metadata: metadata.optional(),
	payment_behavior: z.literal('allow_incomplete').optional(),
	proration_behavior: z.enum(['create_prorations', 'always_invoice']).optional(),
	expand,
});
type Update = z.infer<typeof update>;

const listing = z.strictObject({
	...listParameters,
	customer: text.optional(),
	price: text.optional(),
	status: z
		.enum([
			'active',
			'all',
			'canceled',
			'ended',
			'incomplete',
			'incomplete_expired',
			'past_due',
			'paused',
			'trialing',
			'unpaid',
		])
		.optional(),
});

export const subscriptionOperations = [
	operation({ method: 'GET', path: PATH, parameters: listing }, (ledger, page) =>
		pageOf(
			ledger.newestFirst('subscription', { customer: page.customer }),
			PATH,
			page,
			(subscription) =>
				hasStatus(subscription, page.status) &&
				(page.price === undefined || itemOf(subscription).price.id === page.price),
		),
	),
	operation(
		{ method: 'GET', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => requireSubscription(ledger, id),
	),
	operation({ method: 'POST', path: `${PATH}/:id`, parameters: update }, updateSubscription),
	operation(
		{
			method: 'DELETE',
			path: `${PATH}/:id`,
			parameters: z.strictObject({
				cancellation_details: cancellationDetails,
				invoice_now: flag.optional(),
				prorate: flag.optional(),
				expand,
			}),
		},
		(ledger, { cancellation_details: details = {} }, id) => {
			const subscription = requireSubscription(ledger, id);
			// to Stripe, what has ended is not there to be canceled
			if (isEnded(subscription)) throw notFound('subscription', id);
			return cancelNow(ledger, subscription, 'cancellation_requested', given(details));
		},
	),
];

function updateSubscription(ledger: Ledger, changes: Update, id: string): Subscription {
	const before = requireSubscription(ledger, id);
	const { metadata: _metadata, cancellation_details: _details, expand: _expand, ...others } = changes;
	if (Object.values(others).some((value) => value !== undefined)) refuseEnded(before);
	const { items, description } = changes;
	let after = items === undefined ? before : switchTo(ledger, before, items[0] ?? {});
	after = scheduleEnd(ledger, after, changes);
	if (description !== undefined) after = { ...after, description };
	if (changes.metadata !== undefined) {
		after = { ...after, metadata: mergeMetadata(after.metadata, changes.metadata) };
	}
	if (changes.cancellation_details !== undefined) {
		const { cancellation_details: old } = after;
		const none = { comment: null, feedback: null, feedback_option: null, reason: null };
		after = { ...after, cancellation_details: { ...none, ...old, ...given(changes.cancellation_details) } };
	}
	return ledger.record('customer.subscription.updated', after, before);
}

function scheduleEnd(
	{ now }: Ledger,
	subscription: Subscription,
	{ cancel_at: at, cancel_at_period_end: ends }: Update,
): Subscription {
	if (at !== undefined && ends !== undefined) {
		throw invalidRequest('You may only specify one of these parameters: cancel_at, cancel_at_period_end.');
	}
	if (at === '' || ends === false) return resume(subscription);
	if (typeof at === 'number') {
		if (at <= now) throw invalidRequest('`cancel_at` must be in the future.', { param: 'cancel_at' });
		return scheduleCancel(subscription, now, { at, isFlagged: false });
	}
	if (at === undefined && ends === undefined) return subscription;
	return scheduleCancel(subscription, now, { isFlagged: ends === true });
}

function switchTo(
	ledger: Ledger,
	subscription: Subscription,
	wanted: { id?: string | undefined; price?: string | undefined; quantity?: number | undefined },
): Subscription {
	const item = itemOf(subscription);
	if (wanted.id === undefined) {
		throw invalidRequest('The local Stripe sells one item a subscription: give its id in items[0][id].');
	}
	if (wanted.id !== item.id) throw noSuch('subscription item', wanted.id, 'items[0][id]');
	const price = wanted.price === undefined ? item.price : priceOf(ledger, wanted.price, 'items[0][price]');
	return switchItem(ledger, subscription, { price, quantity: wanted.quantity ?? item.quantity });
}

function requireSubscription(ledger: Ledger, id: string): Subscription {
	const subscription = ledger.find('subscription', id);
	if (subscription === undefined) throw notFound('subscription', id);
	return subscription;
}

/** Unless asked for, what is canceled is not listed. */
function hasStatus({ status }: Subscription, wanted: z.infer<typeof listing>['status']): boolean {
	if (wanted === 'all') return true;
	if (wanted === 'ended') return status === 'canceled' || status === 'incomplete_expired';
	return wanted === undefined ? status !== 'canceled' : status === wanted;
}

function given<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
