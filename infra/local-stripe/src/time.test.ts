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

const advance = (how: object = {}, id = subscription.id) =>
	control(server, `/subscriptions/${id}/advance`, how);
const payNow = () => control(server, `/subscriptions/${subscription.id}/retry`, { payments: 'succeed' });
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

test('a failed renewal is past due until another attempt is paid', async () => {
	await advance({ payments: 'fail' });
	expect(await now()).toMatchObject({ status: 'past_due' });
	expect(await latestInvoice()).toMatchObject({ status: 'open', attempt_count: 1 });
	await advance();
	expect(await latestInvoice()).toMatchObject({ status: 'open', attempt_count: 2 });
	await payNow();
	expect(await now()).toMatchObject({ status: 'active' });
	expect(await latestInvoice()).toMatchObject({ status: 'paid', attempt_count: 3 });
});

test.each([
	['mark_unpaid', 'unpaid'],
	['leave_past_due', 'past_due'],
] as const)(
	'after the last attempt, an account that is set to %s has a subscription %s',
	async (setting, status) => {
		await control(server, '/switches', { renewals: { after_last_failure: setting } });
		await advance({ payments: 'fail', seconds: secondsUntilEnd() + 16 * DAY });
		expect((await now()).status).toBe(status);
		expect(await latestInvoice()).toMatchObject({ status: 'open', attempt_count: 4 });
		await advance({ seconds: 20 * DAY });
		expect((await now()).status).toBe(status);
		await payNow();
		expect((await now()).status).toBe('active');
	},
);

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

test('a scheduled end comes with the end of the period', async () => {
	await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
	await advance({ seconds: DAY });
	expect(await now()).toMatchObject({ status: 'active' });
	await advance();
	expect(await now()).toMatchObject({ status: 'canceled', cancel_at_period_end: true });
});

test('time passes for one subscription only', async () => {
	const other = await subscribe(server, stripe);
	await advance();
	expect(await stripe.subscriptions.retrieve(other.id)).toEqual(other);
});
