import { PRICES } from '../catalog.ts';
import { notFound } from '../errors.ts';
import type { CheckoutSession, Customer, OfKind, Price, Subscription } from '../objects.ts';
import type { Transaction } from '../state.ts';
import { createCustomer } from './customers.ts';
import { collect, createInvoice, openInvoice } from './invoices.ts';
import { newSubscription } from './subscriptions.ts';

type Terms = OfKind<'checkout_terms'>;

/**
 * Attempts to pay an open checkout. As in Stripe, the subscription exists before the payment: after a declined payment it stays
 * `incomplete` until another attempt pays it.
 */
export function payCheckout(tx: Transaction, session: CheckoutSession, isPaid: boolean): CheckoutSession {
	const terms = termsOf(tx, session);
	const customer = buyerOf(tx, session);
	const subscription = incompleteSubscription(tx, terms, customer);
	const open = openInvoice(tx, subscription);
	if (open === undefined) throw new Error(`${subscription.id} has no open invoice`);
	collect(tx, open, isPaid);
	if (!isPaid) {
		const attempted = { ...session, customer: customer.id };
		tx.put({ ...terms, incomplete_subscription: subscription.id });
		tx.put(attempted);
		return attempted;
	}
	tx.put({ id: customer.id, object: 'wallet', payments: 'succeed' });
	tx.record('customer.subscription.updated', { ...subscription, status: 'active' });
	return tx.record('checkout.session.completed', {
		...session,
		customer: customer.id,
		payment_status: 'paid',
		status: 'complete',
		subscription: subscription.id,
		url: null,
	});
}

export function expireCheckout(tx: Transaction, session: CheckoutSession): CheckoutSession {
	return tx.record('checkout.session.expired', { ...session, status: 'expired', url: null });
}

export function termsOf(tx: Transaction, { id }: CheckoutSession): Terms {
	const terms = tx.find('checkout_terms', id);
	if (terms === undefined) throw new Error(`${id} has no terms`);
	return terms;
}

/** @param param the parameter that names the price */
export function findPrice(id: string, param: string): Price {
	const price = PRICES.find((one) => one.id === id);
	if (price === undefined) throw notFound('price', id, param);
	return price;
}

/** Creates a customer when the session's was deleted. So billing has to expire the checkouts of customers that it deletes. */
function buyerOf(tx: Transaction, session: CheckoutSession): Customer {
	const customer = tx.find('customer', session.customer);
	if (customer !== undefined && customer.deleted !== true) return customer;
	return createCustomer(tx, {});
}

function incompleteSubscription(tx: Transaction, terms: Terms, customer: Customer): Subscription {
	const started = tx.find('subscription', terms.incomplete_subscription ?? '');
	if (started?.status === 'incomplete') return started;
	const price = findPrice(terms.price, 'price');
	const created = { customer: customer.id, price, metadata: terms.subscription_metadata };
	const subscription = newSubscription(tx.now, created);
	const invoice = createInvoice(tx, subscription, 'subscription_create', price.unit_amount);
	return tx.record('customer.subscription.created', { ...subscription, latest_invoice: invoice.id });
}
