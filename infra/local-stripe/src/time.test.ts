import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { newSession, startWithoutWebhooks, submit, subscribe } from './testing/stripe.ts';

const DAY = 24 * 60 * 60;

let server: StripeServer;
let stripe: Stripe;
let subscription: Stripe.Subscription;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
	subscription = await subscribe(server, stripe);
});
afterEach(() => server.stop());

const now = () => stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] });
const seconds = () => Math.floor(Date.now() / 1000);
/** What happened since `before` events ago. */
const typesSince = (count: number) =>
	server.control
		.events()
		.slice(count)
		.map(({ type }) => type);

test('a renewal begins a new period now, which is paid and lasts a month', async () => {
	const before = server.control.events().length;
	server.control.advance(subscription.id);
	const renewed = await now();
	const [item] = renewed.items.data;
	expect(renewed.status).toBe('active');
	expect(Math.abs((item?.current_period_start ?? 0) - seconds())).toBeLessThanOrEqual(5);
	const length = (item?.current_period_end ?? 0) - (item?.current_period_start ?? 0);
	expect([28, 29, 30, 31]).toContain(length / DAY);
	expect(renewed.latest_invoice).toMatchObject({ billing_reason: 'subscription_cycle', status: 'paid' });
	expect(typesSince(before)).toEqual([
		'invoice.created',
		'invoice.payment_succeeded',
		'invoice.paid',
		'customer.subscription.updated',
	]);
});

test('every period of many is a whole one', () => {
	for (let month = 0; month < 24; month += 1) {
		const [item] = server.control.advance(subscription.id).items.data;
		const days = ((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / DAY;
		expect(days).toBeGreaterThanOrEqual(28);
		expect(days).toBeLessThanOrEqual(31);
	}
});

test('a renewal that fails is past due until a later attempt is paid', async () => {
	server.control.advance(subscription.id, { payments: 'fail' });
	const unpaid = await now();
	expect(unpaid).toMatchObject({ status: 'past_due', latest_invoice: { status: 'open', attempt_count: 1 } });
	server.control.advance(subscription.id);
	expect(await now()).toMatchObject({ status: 'past_due', latest_invoice: { attempt_count: 2 } });
	server.control.retryPayment(subscription.id, 'succeed');
	expect(await now()).toMatchObject({
		status: 'active',
		latest_invoice: { status: 'paid', attempt_count: 3 },
	});
});

test.each([
	['mark_unpaid', 'unpaid'],
	['leave_past_due', 'past_due'],
] as const)(
	'an account set up to %s has a subscription %s after the last attempt, and in the next period',
	async (afterLastFailure, status) => {
		server.control.turn({ renewals: { after_last_failure: afterLastFailure } });
		const end = subscription.items.data[0]?.current_period_end ?? 0;
		server.control.advance(subscription.id, { payments: 'fail', seconds: end - seconds() + 16 * DAY });
		expect(await now()).toMatchObject({ status, latest_invoice: { status: 'open', attempt_count: 4 } });
		server.control.advance(subscription.id, { seconds: 20 * DAY });
		expect((await now()).status).toBe(status);
		server.control.retryPayment(subscription.id, 'succeed');
		expect((await now()).status).toBe('active');
	},
);

test('a renewal that is never paid ends the subscription after the last attempt', async () => {
	const before = server.control.events().length;
	const { items } = subscription;
	const untilEnd = (items.data[0]?.current_period_end ?? 0) - seconds();
	server.control.advance(subscription.id, { payments: 'fail', seconds: untilEnd + 14 * DAY });
	expect(await now()).toMatchObject({ status: 'past_due', latest_invoice: { attempt_count: 3 } });
	server.control.advance(subscription.id, { seconds: 2 * DAY });
	expect(await now()).toMatchObject({
		status: 'canceled',
		cancellation_details: { reason: 'payment_failed' },
		ended_at: expect.any(Number),
	});
	expect(typesSince(before)).toEqual([
		'invoice.created',
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
	server.control.advance(subscription.id, { seconds: DAY });
	expect(await now()).toMatchObject({ status: 'active' });
	server.control.advance(subscription.id);
	expect(await now()).toMatchObject({ status: 'canceled', cancel_at_period_end: true });
	expect(typesSince(0).at(-1)).toBe('customer.subscription.deleted');
});

test('time that passes for one subscription passes for no other', async () => {
	const other = await subscribe(server, stripe);
	server.control.advance(subscription.id);
	expect(await stripe.subscriptions.retrieve(other.id)).toEqual(other);
});

test('a first payment that is never made expires after a day', async () => {
	const customer = await stripe.customers.create();
	const { url } = await newSession(stripe, { customer: customer.id, price: server.prices.monthly });
	await submit(url ?? '', { action: 'decline' });
	const [incomplete] = (await stripe.subscriptions.list({ customer: customer.id })).data;
	server.control.advance(incomplete?.id ?? '');
	const expired = await stripe.subscriptions.retrieve(incomplete?.id ?? '', { expand: ['latest_invoice'] });
	expect(expired).toMatchObject({ status: 'incomplete_expired', latest_invoice: { status: 'void' } });
});
