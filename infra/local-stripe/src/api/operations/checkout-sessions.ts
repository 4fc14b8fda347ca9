import { z } from 'zod';
import { invalidRequest, notFound } from '../../errors.ts';
import { expireCheckout, priceOf } from '../../life/checkout.ts';
import { newCheckoutSession } from '../../objects/checkout-session.ts';
import type { CheckoutSession } from '../../objects/wire.ts';
import type { Ledger } from '../../state/ledger.ts';
import { lineItems } from '../expand.ts';
import { listParameters, pageOf } from '../lists.ts';
import { operation } from '../operation.ts';
import { expand, flag, integer, mergeMetadata, metadata, text, webUrl } from '../parameters.ts';
import { requireCustomer } from './customers.ts';

const PATH = '/v1/checkout/sessions';
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

const creation = z.strictObject({
	mode: z.literal('subscription'),
	success_url: webUrl,
	cancel_url: webUrl.optional(),
	customer: text.optional(),
	customer_email: text.optional(),
	client_reference_id: text.max(200).optional(),
	line_items: z.array(z.strictObject({ price: text, quantity: integer.optional() })).length(1),
	subscription_data: z
		.strictObject({ metadata: metadata.optional(), description: text.optional() })
		.optional(),
	metadata: metadata.optional(),
	expires_at: integer.optional(),
	locale: text.optional(),
	ui_mode: z.enum(['hosted', 'hosted_page']).optional(),
	allow_promotion_codes: flag.optional(),
	billing_address_collection: z.enum(['auto', 'required']).optional(),
	payment_method_types: z.array(z.literal('card')).optional(),
	expand,
});
type Creation = z.infer<typeof creation>;

export const checkoutSessionOperations = [
	operation({ method: 'POST', path: PATH, parameters: creation }, createSession),
	operation(
		{
			method: 'GET',
			path: PATH,
			parameters: z.strictObject({
				...listParameters,
				customer: text.optional(),
				subscription: text.optional(),
				status: z.enum(['open', 'complete', 'expired']).optional(),
			}),
		},
		(ledger, page) =>
			pageOf(
				ledger.newestFirst('checkout.session', { customer: page.customer }),
				PATH,
				page,
				({ status, subscription }) =>
					(page.status ?? status) === status && (page.subscription ?? subscription) === subscription,
			),
	),
	operation(
		{ method: 'GET', path: `${PATH}/:id`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => requireSession(ledger, id),
	),
	operation(
		{ method: 'GET', path: `${PATH}/:id/line_items`, parameters: z.strictObject(listParameters) },
		(ledger, _page, id) => lineItems(ledger, requireSession(ledger, id).id),
	),
	operation(
		{ method: 'POST', path: `${PATH}/:id/expire`, parameters: z.strictObject({ expand }) },
		(ledger, _given, id) => {
			const session = requireSession(ledger, id);
			if (session.status === 'open') return expireCheckout(ledger, session);
			throw invalidRequest(
				`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
			);
		},
	),
];

function createSession(ledger: Ledger, given: Creation): CheckoutSession {
	if (given.customer !== undefined && given.customer_email !== undefined) {
		throw invalidRequest('You may only specify one of these parameters: customer, customer_email.');
	}
	const customer = given.customer === undefined ? null : requireCustomer(ledger, given.customer, 'customer');
	const [{ price: priceId, quantity = 1 } = { price: '' }] = given.line_items;
	const price = priceOf(ledger, priceId, 'line_items[0][price]');
	if (quantity < 1) {
		throw invalidRequest('This value must be greater than or equal to 1.', {
			param: 'line_items[0][quantity]',
		});
	}
	const session = newCheckoutSession(ledger, {
		amount: price.unit_amount * quantity,
		currency: price.currency,
		success_url: given.success_url,
		cancel_url: given.cancel_url ?? null,
		client_reference_id: given.client_reference_id ?? null,
		customer: customer?.id ?? null,
		customer_email: given.customer_email ?? null,
		metadata: mergeMetadata({}, given.metadata),
		expires_at: expiry(ledger.now, given.expires_at),
		locale: given.locale ?? null,
		allow_promotion_codes: given.allow_promotion_codes ?? null,
		billing_address_collection: given.billing_address_collection ?? null,
	});
	ledger.put({
		id: session.id,
		object: 'checkout_terms',
		price: price.id,
		quantity,
		subscription_metadata: mergeMetadata({}, given.subscription_data?.metadata),
		subscription_description: given.subscription_data?.description ?? null,
		incomplete_subscription: null,
	});
	ledger.put(session);
	return session;
}

function expiry(now: number, given = now + DAY): number {
	const refuse = (bound: string) =>
		invalidRequest(`The \`expires_at\` timestamp must be ${bound} from Checkout Session creation.`, {
			param: 'expires_at',
		});
	// a minute's leave, for clocks that differ
	if (given < now + 29 * MINUTE) throw refuse('at least 30 minutes');
	if (given > now + DAY + MINUTE) throw refuse('less than 24 hours');
	return given;
}

function requireSession(ledger: Ledger, id: string): CheckoutSession {
	const session = ledger.find('checkout.session', id);
	if (session === undefined) throw notFound('checkout.session', id);
	return session;
}
