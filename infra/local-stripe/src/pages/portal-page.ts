import express, { type Router } from 'express';
import { z } from 'zod';
import type { Account } from '../account.ts';
import { declineOf, GOOD_CARD } from '../life/cards.ts';
import { openInvoice } from '../life/invoicing.ts';
import { cancelNow, isEnded, resume, scheduleCancel, switchItem } from '../life/subscription-changes.ts';
import { payOpenInvoice } from '../life/time.ts';
import { itemOf, periodOf } from '../objects/subscription.ts';
import type { PortalSession, Subscription } from '../objects/wire.ts';
import { type Ledger, OWN_DOING } from '../state/ledger.ts';
import { day, type Html, html, money, page, type Reply, send } from './html.ts';

const ACTIONS = ['cancel', 'resume', 'cancel_now', 'switch', 'pay'] as const;

const change = z.object({
	subscription: z.string(),
	action: z.enum(ACTIONS),
	card_number: z.string().trim().min(1).default(GOOD_CARD),
});
type Change = z.infer<typeof change>;

/** The customer portal: what a customer is subscribed to, with one form for each subscription. */
export function portalPages(account: Account): Router {
	const router = express.Router();
	const onSession = (id: string, work: (ledger: Ledger, session: PortalSession) => Reply): Reply =>
		account.act(OWN_DOING, (ledger) => {
			const session = ledger.find('billing_portal.session', id);
			if (session !== undefined) return work(ledger, session);
			const text = html`<p class="error">There is no such portal session.</p>`;
			return { status: 404, body: page('Billing', text) };
		});
	router.get('/p/session/:id', ({ params }, response) => {
		send(
			response,
			onSession(params.id, (ledger, session) => overview(ledger, session)),
		);
	});
	router.post('/p/session/:id', express.urlencoded({ extended: false }), ({ params, body }, response) => {
		send(
			response,
			onSession(String(params.id), (ledger, session) => submit(ledger, session, body)),
		);
	});
	return router;
}

function submit(ledger: Ledger, session: PortalSession, body: unknown): Reply {
	const given = change.safeParse(body);
	const subscription = given.success ? ledger.find('subscription', given.data.subscription) : undefined;
	const isTheirs = subscription?.customer === session.customer && !isEnded(subscription);
	if (!given.success || subscription === undefined || !isTheirs) {
		const text = 'This cannot be done: look at what there is now.';
		return overview(ledger, session, { status: 400, text });
	}
	const problem = apply(ledger, subscription, given.data);
	if (problem !== null) return overview(ledger, session, { status: 402, text: problem });
	return { location: `/p/session/${session.id}` };
}

/** Why it was not done; null when it was. */
function apply(
	ledger: Ledger,
	subscription: Subscription,
	{ action, card_number: card }: Change,
): string | null {
	const update = (after: Subscription): null => {
		ledger.record('customer.subscription.updated', after, subscription);
		return null;
	};
	switch (action) {
		case 'cancel':
			return update(scheduleCancel(subscription, ledger.now, { isFlagged: false }));
		case 'resume':
			return update(resume(subscription));
		case 'switch': {
			const item = itemOf(subscription);
			const other = [...ledger.newestFirst('price')].find(({ id }) => id !== item.price.id) ?? item.price;
			return update(switchItem(ledger, subscription, { price: other, quantity: item.quantity }));
		}
		case 'cancel_now':
			cancelNow(ledger, subscription, 'cancellation_requested');
			return null;
		case 'pay': {
			const decline = declineOf(card);
			const payments = decline === null ? 'succeed' : 'fail';
			ledger.put({ id: subscription.customer, object: 'wallet', payments });
			payOpenInvoice(ledger, subscription, decline === null);
			return decline?.message ?? null;
		}
	}
}

function overview(ledger: Ledger, session: PortalSession, problem?: { status: number; text: string }): Reply {
	const live = [...ledger.newestFirst('subscription', { customer: session.customer })].filter(
		(subscription) => !isEnded(subscription),
	);
	const content = html`
${problem === undefined ? null : html`<p class="error" role="alert">${problem.text}</p>`}
${live.length === 0 ? html`<p>There is no subscription.</p>` : live.map((one) => describe(ledger, session, one))}
${session.return_url === null ? null : html`<p><a href="${session.return_url}">Back</a></p>`}`;
	return { status: problem?.status ?? 200, body: page('Billing', content) };
}

function describe(ledger: Ledger, { id }: PortalSession, subscription: Subscription): Html {
	const { price, quantity } = itemOf(subscription);
	const { end } = periodOf(subscription);
	const isEnding = subscription.cancel_at !== null;
	const other = price.recurring?.interval === 'year' ? 'monthly' : 'yearly';
	const owed = openInvoice(ledger, subscription);
	const button = (action: (typeof ACTIONS)[number], text: string): Html =>
		html`<button name="action" value="${action}">${text}</button>`;
	return html`
<form method="post" action="/p/session/${id}">
	<p>creatorr Pro, ${money(price.unit_amount * quantity)} each ${price.recurring?.interval ?? 'month'}:
	${subscription.status}, ${isEnding ? 'ends' : 'renews'} on ${day(end)}</p>
	<input type="hidden" name="subscription" value="${subscription.id}">
	${isEnding ? button('resume', 'Keep the subscription') : button('cancel', 'Cancel at the end of the period')}
	${button('cancel_now', 'Cancel now')}
	${button('switch', `Change to ${other}`)}
	${owed === undefined ? null : html`<label>Card number <input name="card_number" value="${GOOD_CARD}"></label>`}
	${owed === undefined ? null : button('pay', `Pay ${money(owed.amount_due)}`)}
</form>`;
}
