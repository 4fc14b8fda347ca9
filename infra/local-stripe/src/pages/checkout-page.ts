import express, { type Router } from 'express';
import { z } from 'zod';
import type { Account } from '../account.ts';
import { BAD_CARD, GOOD_CARD } from '../life/cards.ts';
import { payCheckout, priceOf, termsOf } from '../life/checkout.ts';
import type { CheckoutSession } from '../objects/wire.ts';
import { type Ledger, OWN_DOING } from '../state/ledger.ts';
import { html, money, page, type Reply, send } from './html.ts';

const payment = z.object({
	card_number: z.string().trim().min(1).default(GOOD_CARD),
	email: z.string().trim().includes('@').optional(),
	action: z.enum(['pay', 'decline']),
});

/** The hosted page of a checkout session: one form to pay, to let the payment fail, or to go back. */
export function checkoutPages(account: Account): Router {
	const router = express.Router();
	const onSession = (id: string, work: (ledger: Ledger, session: CheckoutSession) => Reply): Reply =>
		account.act(OWN_DOING, (ledger) => {
			const session = ledger.find('checkout.session', id);
			const isOpen = session?.status === 'open' && session.expires_at > ledger.now;
			return isOpen ? work(ledger, session) : closed(session);
		});
	router.get('/c/pay/:id', ({ params }, response) => {
		send(
			response,
			onSession(params.id, (ledger, session) => form(ledger, session)),
		);
	});
	router.post('/c/pay/:id', express.urlencoded({ extended: false }), ({ params, body }, response) => {
		send(
			response,
			onSession(String(params.id), (ledger, session) => pay(ledger, session, body)),
		);
	});
	return router;
}

function pay(ledger: Ledger, session: CheckoutSession, body: unknown): Reply {
	const given = payment.safeParse(body);
	if (!given.success)
		return form(ledger, session, { status: 400, text: 'Something in the form is missing.' });
	const { card_number: number, email, action } = given.data;
	const card = action === 'pay' ? number : BAD_CARD;
	const { decline } = payCheckout(ledger, session, { card, email });
	if (decline !== null) return form(ledger, session, { status: 402, text: decline.message });
	return { location: (session.success_url ?? '/').replaceAll('{CHECKOUT_SESSION_ID}', session.id) };
}

function closed(session: CheckoutSession | undefined): Reply {
	const [status, text] =
		session === undefined
			? [404, 'There is no such checkout session.']
			: session.status === 'complete'
				? [409, 'This checkout session is paid already.']
				: [410, 'This checkout session has expired. Go back and start over.'];
	return { status, body: page('Checkout', html`<p class="error">${text}</p>`) };
}

function form(ledger: Ledger, session: CheckoutSession, problem?: { status: number; text: string }): Reply {
	const terms = termsOf(ledger, session.id);
	const price = priceOf(ledger, terms.price, 'price');
	const customer = ledger.find('customer', session.customer ?? '');
	const email = session.customer_email ?? (customer?.deleted === true ? null : customer?.email) ?? null;
	const content = html`
<p>creatorr Pro, ${money(price.unit_amount * terms.quantity)} each ${price.recurring?.interval ?? 'month'}</p>
${problem === undefined ? null : html`<p class="error" role="alert">${problem.text}</p>`}
<form method="post" action="/c/pay/${session.id}">
	${email === null ? html`<label>Email <input name="email" type="email" required></label>` : html`<p>${email}</p>`}
	<label>Card number <input name="card_number" value="${GOOD_CARD}" inputmode="numeric" autocomplete="off"></label>
	<button name="action" value="pay">Subscribe</button>
	<button name="action" value="decline">Let the payment fail</button>
</form>
${session.cancel_url === null ? null : html`<p><a href="${session.cancel_url}">Cancel</a></p>`}`;
	return { status: problem?.status ?? 200, body: page('Checkout', content) };
}
