import { z } from 'zod';
import { invalidRequest, notFound } from '../errors.ts';
import { expireCheckout, findPrice } from '../lifecycle/checkout.ts';
import { createCustomer, deleteCustomer, requireCustomer, searchCustomers } from '../lifecycle/customers.ts';
import { cancelNow, hasEnded, resume, scheduleCancel } from '../lifecycle/subscriptions.ts';
import { type CheckoutSession, newId, type PortalSession } from '../objects.ts';
import type { Transaction } from '../state.ts';
import {
	equal,
	flag,
	limit,
	listOperation,
	metadata,
	none,
	type Operation,
	operation,
	requireObject,
	retrieveOperation,
	text,
} from './operation.ts';

const DAY_SECONDS = 24 * 60 * 60;
const webUrl = z.url({ protocol: /^https?$/ }).max(5000);

const customerFields = z.strictObject({
	email: text.exactOptional(),
	name: text.exactOptional(),
	metadata: metadata.exactOptional(),
});

const checkoutFields = z.strictObject({
	mode: z.literal('subscription'),
	success_url: webUrl,
	cancel_url: webUrl.optional(),
	customer: text,
	client_reference_id: text.optional(),
	line_items: z.tuple([z.strictObject({ price: text, quantity: z.literal('1').optional() })]),
	metadata: metadata.default({}),
	subscription_data: z.strictObject({ metadata: metadata.default({}) }).optional(),
});

const portalFields = z.strictObject({ customer: text, return_url: webUrl.optional() });

/** The part of Stripe's API that billing and the tests use. */
export const OPERATIONS: Operation[] = [
	operation('post', '/customers', customerFields, createCustomer),
	listOperation('/customers', 'customer', { deleted: (customer) => customer.deleted !== true }),
	operation('get', '/customers/search', z.strictObject({ query: text, limit }), searchCustomers),
	retrieveOperation('/customers', 'customer'),
	operation('post', '/customers/:id', customerFields, (tx, params, id) => {
		const before = requireCustomer(tx, id);
		const customer = { ...before, ...params, metadata: { ...before.metadata, ...params.metadata } };
		tx.put(customer);
		return customer;
	}),
	operation('delete', '/customers/:id', none, (tx, _params, id) => deleteCustomer(tx, id)),

	operation('post', '/checkout/sessions', checkoutFields, createCheckoutSession),
	listOperation('/checkout/sessions', 'checkout.session', {
		customer: equal((session) => session.customer),
		status: equal((session) => session.status),
		subscription: equal((session) => session.subscription),
	}),
	retrieveOperation('/checkout/sessions', 'checkout.session'),
	operation('post', '/checkout/sessions/:id/expire', none, (tx, _params, id) => {
		const session = requireObject(tx, 'checkout.session', id);
		if (session.status === 'open') return expireCheckout(tx, session);
		throw invalidRequest(`Only open Checkout Sessions can be expired. This one is ${session.status}.`);
	}),

	operation('get', '/prices/:id', none, (_tx, _params, id) => findPrice(id, 'price')),

	operation('post', '/billing_portal/sessions', portalFields, createPortalSession),

	listOperation('/subscriptions', 'subscription', {
		customer: equal((subscription) => subscription.customer),
		// canceled ones are listed only on request
		status: ({ status }, wanted) =>
			wanted === undefined ? status !== 'canceled' : wanted === 'all' || wanted === status,
	}),
	retrieveOperation('/subscriptions', 'subscription'),
	operation(
		'post',
		'/subscriptions/:id',
		z.strictObject({ cancel_at_period_end: flag }),
		(tx, { cancel_at_period_end: ends }, id) => {
			const subscription = requireObject(tx, 'subscription', id);
			if (hasEnded(subscription)) {
				throw invalidRequest(
					'A canceled subscription can only update its cancellation_details and metadata.',
				);
			}
			return ends ? scheduleCancel(tx, subscription, true) : resume(tx, subscription);
		},
	),
	operation('delete', '/subscriptions/:id', none, (tx, _params, id) => {
		const subscription = requireObject(tx, 'subscription', id);
		// Stripe answers as if a subscription that has ended didn't exist
		if (hasEnded(subscription)) throw notFound('subscription', id);
		return cancelNow(tx, subscription);
	}),

	listOperation('/invoices', 'invoice', {
		subscription: equal((invoice) => invoice.parent?.subscription_details?.subscription),
	}),

	listOperation('/events', 'event', { type: equal((event) => event.type) }),
];

/** Opens a checkout for a day. */
function createCheckoutSession(tx: Transaction, params: z.infer<typeof checkoutFields>): CheckoutSession {
	const id = newId('cs_test', 58);
	const session: CheckoutSession = {
		id,
		object: 'checkout.session',
		cancel_url: params.cancel_url ?? null,
		client_reference_id: params.client_reference_id ?? null,
		created: tx.now,
		customer: requireCustomer(tx, params.customer, 'customer').id,
		expires_at: tx.now + DAY_SECONDS,
		livemode: false,
		metadata: params.metadata,
		mode: 'subscription',
		payment_status: 'unpaid',
		status: 'open',
		subscription: null,
		success_url: params.success_url,
		url: `${tx.pagesUrl}/c/pay/${id}`,
	};
	tx.put({
		id,
		object: 'checkout_terms',
		price: findPrice(params.line_items[0].price, 'line_items[0][price]').id,
		subscription_metadata: params.subscription_data?.metadata ?? {},
		incomplete_subscription: null,
	});
	tx.put(session);
	return session;
}

function createPortalSession(tx: Transaction, params: z.infer<typeof portalFields>): PortalSession {
	const id = newId('bps');
	const session: PortalSession = {
		id,
		object: 'billing_portal.session',
		created: tx.now,
		customer: requireCustomer(tx, params.customer, 'customer').id,
		livemode: false,
		return_url: params.return_url ?? null,
		url: `${tx.pagesUrl}/p/session/${id}`,
	};
	tx.put(session);
	return session;
}
