import type Stripe from 'stripe';

/** The version in whose shape everything is stored and delivered: the one that the official client pins. */
export const API_VERSION = '2026-10-28.endive' satisfies Stripe.LatestApiVersion;

/*
 * Stripe's objects as they travel: typed by the official client, so that none lacks a field. Two things differ from
 * its types: decimals travel as strings, and what is stored refers to other objects by id, never expanded.
 */

type Refer<T, Keys extends keyof T> = Omit<T, Keys> & { [Key in Keys]: Extract<T[Key], string | null> };
type Replace<T, Replaced> = Omit<T, keyof Replaced> & Replaced;

export type Customer = Stripe.Customer;
type DeletedCustomer = Stripe.DeletedCustomer;
export type Product = Stripe.Product;
export type PortalSession = Stripe.BillingPortal.Session;

export type Price = Replace<
	Stripe.Price,
	{ product: string; unit_amount: number; unit_amount_decimal: string }
>;
export type Plan = Replace<Stripe.Plan, { product: string; amount_decimal: string }>;
export type LineItem = Replace<Stripe.LineItem, { price: Price }>;

export type SubscriptionItem = Replace<
	Stripe.SubscriptionItem,
	{ price: Price; plan: Plan; quantity: number }
>;
export type Subscription = Replace<
	Refer<Stripe.Subscription, 'customer' | 'latest_invoice'>,
	{ items: Stripe.ApiList<SubscriptionItem> }
>;

export type InvoiceLine = Replace<
	Stripe.InvoiceLineItem,
	{
		quantity_decimal: string;
		pricing: {
			type: 'price_details';
			unit_amount_decimal: string;
			price_details: { price: string; product: string };
		};
	}
>;
export type Invoice = Replace<
	Refer<Stripe.Invoice, 'customer'>,
	{ customer: string; lines: Stripe.ApiList<InvoiceLine> }
>;

export type CheckoutSession = Refer<Stripe.Checkout.Session, 'customer' | 'subscription' | 'invoice'>;

export type Event = Replace<
	Stripe.EventBase,
	{ api_version: string; data: { object: object; previous_attributes?: object }; type: EventType }
>;

export type EventType =
	| 'checkout.session.completed'
	| 'checkout.session.expired'
	| 'customer.created'
	| 'customer.updated'
	| 'customer.deleted'
	| 'customer.subscription.created'
	| 'customer.subscription.updated'
	| 'customer.subscription.deleted'
	| 'invoice.created'
	| 'invoice.paid'
	| 'invoice.payment_succeeded'
	| 'invoice.payment_failed'
	| 'invoice.voided';

/** What a checkout session sells, which Stripe shows only when asked to expand it. */
export type CheckoutTerms = {
	/** The session's. */
	id: string;
	object: 'checkout_terms';
	price: string;
	quantity: number;
	subscription_metadata: Record<string, string>;
	subscription_description: string | null;
	/** The one whose first payment failed, to be paid by the next attempt. */
	incomplete_subscription: string | null;
};

/** How a customer's card behaves when a renewal is charged. */
export type Wallet = {
	/** The customer's. */
	id: string;
	object: 'wallet';
	payments: 'succeed' | 'fail';
};

export type Stored =
	| Customer
	| DeletedCustomer
	| Product
	| Price
	| CheckoutSession
	| CheckoutTerms
	| Subscription
	| Invoice
	| PortalSession
	| Event
	| Wallet;

export type Kind = Stored['object'];
export type OfKind<K extends Kind> = Extract<Stored, { object: K }>;

export function listOf<T>(data: T[], url: string, hasMore = false): Stripe.ApiList<T> {
	return { object: 'list', data, has_more: hasMore, url };
}
