import { randomInt } from 'node:crypto';
import type Stripe from 'stripe';

/** The version of Stripe's API whose objects these are: the one that Stripe's client pins. */
export const API_VERSION = '2026-10-28.endive' satisfies Stripe.LatestApiVersion;

/*
 * Stripe's objects, with the fields that billing, a page or a test reads. Add a field when billing needs it. A reference to another
 * object is its id: Stripe sends the object itself only to requests that expand it.
 */

type Base = 'id' | 'object' | 'created' | 'livemode';
type References<T, Keys extends keyof T> = { [Key in Keys]: Extract<T[Key], string | null> };

export type Customer = Pick<Stripe.Customer, Base | 'deleted' | 'email' | 'name' | 'metadata'>;

export type Price = Pick<Stripe.Price, Base | 'currency'> & {
	recurring: Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'>;
	unit_amount: number;
};

type SubscriptionItem = Pick<
	Stripe.SubscriptionItem,
	'id' | 'object' | 'created' | 'current_period_end' | 'current_period_start' | 'subscription'
> & { price: Price; quantity: number };

export type Subscription = Pick<
	Stripe.Subscription,
	Base | 'billing_cycle_anchor' | 'cancel_at' | 'cancel_at_period_end' | 'ended_at' | 'metadata' | 'status'
> &
	References<Stripe.Subscription, 'customer' | 'latest_invoice'> & {
		items: Stripe.ApiList<SubscriptionItem>;
	};

export type Invoice = Pick<
	Stripe.Invoice,
	| Base
	| 'attempt_count'
	| 'billing_reason'
	| 'customer_email'
	| 'next_payment_attempt'
	| 'parent'
	| 'status'
	| 'total'
> & { customer: string };

export type CheckoutSession = Pick<
	Stripe.Checkout.Session,
	| Base
	| 'cancel_url'
	| 'client_reference_id'
	| 'expires_at'
	| 'metadata'
	| 'mode'
	| 'payment_status'
	| 'status'
	| 'success_url'
	| 'url'
> &
	References<Stripe.Checkout.Session, 'subscription'> & { customer: string };

export type PortalSession = Pick<Stripe.BillingPortal.Session, Base | 'customer' | 'return_url' | 'url'>;

export type Event = Pick<Stripe.EventBase, Base | 'api_version'> & {
	data: { object: object };
	type: EventType;
};

/** All events that there are. All of them are delivered. */
export type EventType =
	| 'checkout.session.completed'
	| 'checkout.session.expired'
	| 'customer.subscription.created'
	| 'customer.subscription.updated'
	| 'customer.subscription.deleted'
	| 'invoice.paid'
	| 'invoice.payment_failed';

/** What the API doesn't show of a checkout session. Has the session's id. */
type CheckoutTerms = {
	id: string;
	object: 'checkout_terms';
	price: string;
	subscription_metadata: Record<string, string>;
	/** The subscription whose first payment failed. The next attempt pays it. */
	incomplete_subscription: string | null;
};

/** Whether a customer's card pays renewals. Has the customer's id. */
type Wallet = { id: string; object: 'wallet'; payments: 'succeed' | 'fail' };

/** The response to a request with an idempotency key, which is its id. */
type StoredResponse = {
	id: string;
	object: 'stored_response';
	/** The path and the parameters of the request. */
	request: string;
	body: string;
};

export type Stored =
	| Customer
	| Stripe.DeletedCustomer
	| Subscription
	| Invoice
	| CheckoutSession
	| CheckoutTerms
	| PortalSession
	| Event
	| StoredResponse
	| Wallet;

export type Kind = Stored['object'];
export type OfKind<K extends Kind> = Extract<Stored, { object: K }>;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Returns a new id in Stripe's form, `sub_…`. `length` is without the prefix, as in Stripe. */
export function newId(prefix: string, length = 24): string {
	const characters = Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]);
	return `${prefix}_${characters.join('')}`;
}
