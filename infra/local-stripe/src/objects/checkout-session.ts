import { newId } from './ids.ts';
import type { CheckoutSession } from './wire.ts';

type SessionFields = Pick<
	CheckoutSession,
	| 'success_url'
	| 'cancel_url'
	| 'client_reference_id'
	| 'customer'
	| 'customer_email'
	| 'metadata'
	| 'expires_at'
> & { amount: number; currency: string } & Partial<
		Pick<CheckoutSession, 'locale' | 'allow_promotion_codes' | 'billing_address_collection'>
	>;

/** What Stripe shows of features that are not used here. */
const UNUSED = {
	adaptive_pricing: { enabled: false },
	after_expiration: null,
	allow_promotion_codes: null,
	allowed_payment_method_types: null,
	automatic_tax: { enabled: false, liability: null, provider: null, status: null },
	billing_address_collection: null,
	client_secret: null,
	collected_information: null,
	consent: null,
	consent_collection: null,
	currency_conversion: null,
	custom_fields: [],
	custom_text: {
		after_submit: null,
		shipping_address: null,
		submit: null,
		terms_of_service_acceptance: null,
	},
	customer_account: null,
	discounts: [],
	integration_identifier: null,
	invoice_creation: null,
	locale: null,
	managed_payments: { enabled: false },
	origin_context: null,
	payment_intent: null,
	payment_link: null,
	payment_method_configuration_details: null,
	permissions: null,
	phone_number_collection: { enabled: false },
	recovered_from: null,
	saved_payment_method_options: null,
	setup_intent: null,
	shipping_address_collection: null,
	shipping_cost: null,
	shipping_options: [],
	submit_type: null,
	wallet_options: null,
} satisfies Partial<CheckoutSession>;

export function newCheckoutSession(
	{ now, pagesUrl }: { now: number; pagesUrl: string },
	{ amount, ...fields }: SessionFields,
): CheckoutSession {
	const id = newId('cs_test');
	return {
		id,
		object: 'checkout.session',
		...UNUSED,
		amount_subtotal: amount,
		amount_total: amount,
		created: now,
		customer_creation: fields.customer === null ? 'always' : null,
		customer_details: customerDetails(fields.customer_email, null),
		invoice: null,
		livemode: false,
		mode: 'subscription',
		payment_method_collection: 'always',
		payment_method_options: { card: { request_three_d_secure: 'automatic' } },
		payment_method_types: ['card'],
		payment_status: 'unpaid',
		status: 'open',
		subscription: null,
		total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
		ui_mode: 'hosted_page',
		url: `${pagesUrl}/c/pay/${id}`,
		...fields,
	};
}

export function customerDetails(
	email: string | null,
	name: string | null,
): CheckoutSession['customer_details'] {
	if (email === null) return null;
	return {
		address: null,
		business_name: null,
		email,
		individual_name: null,
		name,
		phone: null,
		tax_exempt: 'none',
		tax_ids: [],
	};
}
