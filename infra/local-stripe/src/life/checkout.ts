import { noSuch } from '../errors.ts';
import { customerDetails } from '../objects/checkout-session.ts';
import { newCustomer } from '../objects/customer.ts';
import { newSubscription } from '../objects/subscription.ts';
import type { CheckoutSession, CheckoutTerms, Customer, Price, Subscription } from '../objects/wire.ts';
import type { Ledger } from '../state/ledger.ts';
import { type Decline, declineOf } from './cards.ts';
import { bill, collect, openInvoice, periodAmount } from './invoicing.ts';

type Payment = { card: string; email?: string | undefined };
type CheckoutResult = { session: CheckoutSession; decline: Decline | null };

/**
 * The buyer presses "Subscribe" on the page of an open session. As at Stripe the subscription is made before the
 * money is taken, so that one whose payment failed stays `incomplete` until a further attempt or for 23 hours.
 */
export function payCheckout(ledger: Ledger, session: CheckoutSession, payment: Payment): CheckoutResult {
	const terms = termsOf(ledger, session.id);
	const customer = buyer(ledger, session, payment.email);
	const subscription = incompleteSubscription(ledger, terms, customer);
	const decline = declineOf(payment.card);
	const open = openInvoice(ledger, subscription);
	if (open === undefined) throw new Error(`${subscription.id} has no open invoice`);
	const invoice = collect(ledger, open, decline === null);
	if (decline !== null) {
		ledger.put({ ...terms, incomplete_subscription: subscription.id });
		const still: CheckoutSession = { ...session, customer: customer.id };
		ledger.put(still);
		return { session: still, decline };
	}
	ledger.put({ id: customer.id, object: 'wallet', payments: 'succeed' });
	ledger.record('customer.subscription.updated', { ...subscription, status: 'active' }, subscription);
	const complete = ledger.record('checkout.session.completed', {
		...session,
		customer: customer.id,
		customer_details: customerDetails(customer.email, customer.name ?? null),
		invoice: invoice.id,
		payment_status: 'paid',
		status: 'complete',
		subscription: subscription.id,
		url: null,
	});
	return { session: complete, decline: null };
}

/** Nobody can pay this session any more. */
export function expireCheckout(ledger: Ledger, session: CheckoutSession): CheckoutSession {
	return ledger.record('checkout.session.expired', { ...session, status: 'expired', url: null });
}

export function termsOf(ledger: Ledger, session: string): CheckoutTerms {
	const terms = ledger.find('checkout_terms', session);
	if (terms === undefined) throw new Error(`${session} sells nothing`);
	return terms;
}

export function priceOf(ledger: Ledger, id: string, param: string): Price {
	const price = ledger.find('price', id);
	if (price === undefined) throw noSuch('price', id, param);
	return price;
}

function buyer(ledger: Ledger, session: CheckoutSession, email: string | undefined): Customer {
	const known = ledger.find('customer', session.customer ?? '');
	if (known !== undefined && known.deleted !== true) return known;
	const given = session.customer_email ?? email ?? null;
	return ledger.record('customer.created', newCustomer(ledger.now, { email: given }));
}

function incompleteSubscription(ledger: Ledger, terms: CheckoutTerms, customer: Customer): Subscription {
	const started = ledger.find('subscription', terms.incomplete_subscription ?? '');
	if (started?.status === 'incomplete') return started;
	const subscription = newSubscription(ledger.now, {
		customer: customer.id,
		price: priceOf(ledger, terms.price, 'price'),
		quantity: terms.quantity,
		metadata: terms.subscription_metadata,
		description: terms.subscription_description,
	});
	const invoice = bill(ledger, subscription, 'subscription_create', [periodAmount(subscription)]);
	return ledger.record('customer.subscription.created', { ...subscription, latest_invoice: invoice.id });
}
