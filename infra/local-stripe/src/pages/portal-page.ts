import { z } from 'zod';
import { PRICES } from '../catalog.ts';
import { openInvoice } from '../lifecycle/invoices.ts';
import { hasEnded, itemOf, resume, scheduleCancel } from '../lifecycle/subscriptions.ts';
import { changePrice, payOpenInvoice } from '../lifecycle/time.ts';
import type { PortalSession, Price, Subscription } from '../objects.ts';
import type { Transaction } from '../state.ts';
import { day, type Html, html, money, page, problemOf, type Reply } from './html.ts';

const change = z.object({ subscription: z.string(), action: z.enum(['cancel', 'resume', 'switch', 'pay']) });

/** The customer portal: the subscriptions of a customer, each with a form. */
export function portalPage(tx: Transaction, id: string, form?: object): Reply {
	const session = tx.find('billing_portal.session', id);
	if (session === undefined) {
		return { status: 404, body: page('Billing', problemOf('There is no such portal session.')) };
	}
	if (form === undefined) return show(tx, session, 200);
	const parsed = change.safeParse(form);
	const subscription = parsed.success ? tx.find('subscription', parsed.data.subscription) : undefined;
	const isTheirs = subscription?.customer === session.customer && !hasEnded(subscription);
	if (!parsed.success || !isTheirs) {
		return show(tx, session, 400, 'This subscription can’t be changed. Here is its current state.');
	}
	const { action } = parsed.data;
	if (action === 'cancel') scheduleCancel(tx, subscription, false);
	if (action === 'resume') resume(tx, subscription);
	if (action === 'switch') changePrice(tx, subscription, otherPrice(subscription));
	if (action === 'pay') pay(tx, subscription);
	return { location: `/p/session/${session.id}` };
}

function otherPrice(subscription: Subscription): Price {
	const { price } = itemOf(subscription);
	return PRICES.find(({ id }) => id !== price.id) ?? price;
}

/** Pays what is owed, and lets renewals succeed from now on, as another card does. */
function pay(tx: Transaction, subscription: Subscription): void {
	tx.put({ id: subscription.customer, object: 'wallet', payments: 'succeed' });
	payOpenInvoice(tx, subscription, true);
}

function show(tx: Transaction, session: PortalSession, status: number, problem?: string): Reply {
	const subscriptions = tx.newestFirst('subscription', session.customer);
	const open = subscriptions.filter((subscription) => !hasEnded(subscription));
	const content = html`
${problem === undefined ? null : problemOf(problem)}
${open.length === 0 ? html`<p>There is no subscription.</p>` : open.map((one) => formOf(tx, session, one))}
${session.return_url === null ? null : html`<p><a href="${session.return_url}">Back</a></p>`}`;
	return { status, body: page('Billing', content) };
}

function formOf(tx: Transaction, { id }: PortalSession, subscription: Subscription): Html {
	const { current_period_end: end, price } = itemOf(subscription);
	const isEnding = subscription.cancel_at !== null;
	const owed = openInvoice(tx, subscription);
	const button = (action: z.infer<typeof change>['action'], text: string): Html =>
		html`<button name="action" value="${action}">${text}</button>`;
	return html`
<form method="post" action="/p/session/${id}">
	<p>creatorr Pro, ${money(price.unit_amount)} each ${price.recurring.interval}:
	${subscription.status}, ${isEnding ? 'ends' : 'renews'} on ${day(end)}</p>
	<input type="hidden" name="subscription" value="${subscription.id}">
	${isEnding ? button('resume', 'Keep the subscription') : button('cancel', 'Cancel at the end of the period')}
	${owed === undefined ? button('switch', `Pay each ${otherPrice(subscription).recurring.interval} instead`) : null}
	${owed === undefined ? null : button('pay', `Pay ${money(owed.total)}`)}
</form>`;
}
