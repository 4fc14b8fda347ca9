import { z } from 'zod';
import { findPrice, payCheckout, termsOf } from '../lifecycle/checkout.ts';
import type { CheckoutSession } from '../objects.ts';
import type { Transaction } from '../state.ts';
import { html, money, page, problemOf, type Reply } from './html.ts';

const payment = z.object({ action: z.enum(['pay', 'decline']) });

/** The hosted page of a checkout: a form to pay or to let the payment fail, and a link back. */
export function checkoutPage(tx: Transaction, id: string, form?: object): Reply {
	const session = tx.find('checkout.session', id);
	if (session === undefined) return closed(404, 'There is no such checkout session.');
	if (session.status === 'complete') return closed(409, 'This checkout session is paid already.');
	if (session.status === 'expired' || session.expires_at <= tx.now) {
		return closed(410, 'This checkout session has expired. Go back and start over.');
	}
	if (form === undefined) return show(tx, session, 200);
	const parsed = payment.safeParse(form);
	if (!parsed.success) return show(tx, session, 400, 'Something in the form is missing.');
	const isPaid = parsed.data.action === 'pay';
	payCheckout(tx, session, isPaid);
	if (!isPaid) return show(tx, session, 402, 'Your card was declined.');
	return { location: (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id) };
}

function closed(status: number, problem: string): Reply {
	return { status, body: page('Checkout', problemOf(problem)) };
}

function show(tx: Transaction, session: CheckoutSession, status: number, problem?: string): Reply {
	const { unit_amount: amount, recurring } = findPrice(termsOf(tx, session).price, 'price');
	const customer = tx.find('customer', session.customer);
	const content = html`
<p>creatorr Pro, ${money(amount)} each ${recurring.interval}</p>
${problem === undefined ? null : problemOf(problem)}
<form method="post" action="/c/pay/${session.id}">
	<p>${customer?.deleted === true ? null : (customer?.email ?? null)}</p>
	<button name="action" value="pay">Subscribe</button>
	<button name="action" value="decline">Let the payment fail</button>
</form>
${session.cancel_url === null ? null : html`<p><a href="${session.cancel_url}">Cancel</a></p>`}`;
	return { status, body: page('Checkout', content) };
}
