import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { control, eventTypes, startWithoutWebhooks, subscribe } from './testing/stripe.ts';

const DAY = 24 * 60 * 60;

let server: StripeServer;
let stripe: Stripe;
let subscription: Stripe.Subscription;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
	subscription = await subscribe(server, stripe);
});
afterEach(() => server.stop());

const advance = (how: object = {}) => control(server, `/subscriptions/${subscription.id}/advance`, how);
const now = () => stripe.subscriptions.retrieve(subscription.id);
const latestInvoice = async () =>
	(await stripe.invoices.list({ subscription: subscription.id, limit: 1 })).data[0];
const seconds = () => Math.floor(Date.now() / 1000);
const secondsUntilEnd = () => (subscription.items.data[0]?.current_period_end ?? 0) - seconds();

test('a renewal begins a new period and is paid', async () => {
	const before = await eventTypes(stripe);
	await advance();
	const { status, items, latest_invoice } = await now();
	expect(status).toBe('active');
	expect(Math.abs((items.data[0]?.current_period_start ?? 0) - seconds())).toBeLessThanOrEqual(5);
	const paid = { id: latest_invoice, billing_reason: 'subscription_cycle', status: 'paid' };
	expect(await latestInvoice()).toMatchObject(paid);
	const events = (await eventTypes(stripe)).slice(before.length);
	expect(events).toEqual(['invoice.paid', 'customer.subscription.updated']);
});

test('each of many periods is a whole month', async () => {
	for (let month = 0; month < 24; month += 1) {
		const [item] = (await advance()).items.data;
		const days = ((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / DAY;
		expect([28, 29, 30, 31]).toContain(days);
	}
});

test('a renewal that is never paid ends the subscription after the last attempt', async () => {
	const before = await eventTypes(stripe);
	await advance({ payments: 'fail', seconds: secondsUntilEnd() + 14 * DAY });
	expect(await now()).toMatchObject({ status: 'past_due' });
	await advance({ seconds: 2 * DAY });
	expect(await now()).toMatchObject({ status: 'canceled', ended_at: expect.any(Number) });
	expect((await eventTypes(stripe)).slice(before.length)).toEqual([
		'invoice.payment_failed',
		'customer.subscription.updated',
		'invoice.payment_failed',
		'invoice.payment_failed',
		'invoice.payment_failed',
		'customer.subscription.deleted',
	]);
});

test('time passes for one subscription only', async () => {
	const other = await subscribe(server, stripe);
	await advance();
	expect(await stripe.subscriptions.retrieve(other.id)).toEqual(other);
});
