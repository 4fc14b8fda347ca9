import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { control, openCheckout, startWithoutWebhooks, submit, subscribe } from './testing/stripe.ts';

let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
});
afterEach(() => server.stop());

describe('the checkout page', () => {
	let session: Stripe.Checkout.Session;
	let url: string;
	let customer: string;
	beforeEach(async () => {
		({ id: customer } = await stripe.customers.create({ email: '"<b>"@example.com' }));
		session = await openCheckout(stripe, customer);
		url = session.url ?? '';
	});
	const subscriptions = async () => (await stripe.subscriptions.list({ customer, status: 'all' })).data;

	test('shows the price, the buyer as text and a link back', async () => {
		const page = await (await fetch(url)).text();
		expect(page).toContain('$9.00 each month');
		expect(page).toContain('&#34;&#60;b&#62;&#34;@example.com');
		expect(page).toContain('href="https://app.test/back"');
		expect(page).not.toContain('<script');
	});

	test('responds 404 to methods that no browser sends for it', async () => {
		for (const method of ['PUT', 'DELETE']) expect((await fetch(url, { method })).status).toBe(404);
	});

	test('continues to the success page after a payment, also after one that failed', async () => {
		expect((await submit(url, { action: 'decline' })).status).toBe(402);
		const [incomplete] = await subscriptions();
		expect(incomplete).toMatchObject({ status: 'incomplete' });
		const response = await submit(url, { action: 'pay' });
		expect(response.status).toBe(303);
		expect(response.headers.get('location')).toBe(`https://app.test/done?session=${session.id}`);
		expect(await subscriptions()).toMatchObject([{ id: incomplete?.id, status: 'active' }]);
	});

	test('takes one payment when the form is submitted several times', async () => {
		const responses = await Promise.all([1, 2, 3].map(() => submit(url, { action: 'pay' })));
		expect(responses.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
		expect(await subscriptions()).toHaveLength(1);
	});

	test('is closed when the session has expired or does not exist', async () => {
		await stripe.checkout.sessions.expire(session.id);
		expect((await submit(url, { action: 'pay' })).status).toBe(410);
		expect((await fetch(`${server.url}/c/pay/cs_test_none`)).status).toBe(404);
	});
});

describe('the portal page', () => {
	let subscription: Stripe.Subscription;
	let url: string;
	beforeEach(async () => {
		subscription = await subscribe(server, stripe);
		({ url } = await stripe.billingPortal.sessions.create({ customer: String(subscription.customer) }));
	});
	const act = (action: string, more: Record<string, string> = {}) =>
		submit(url, { action, subscription: subscription.id, ...more });
	const text = async () => await (await fetch(url)).text();
	const now = () => stripe.subscriptions.retrieve(subscription.id);

	test('cancels at the end of the period, as Stripe’s portal does, and takes it back', async () => {
		expect((await act('cancel')).status).toBe(303);
		const end = subscription.items.data[0]?.current_period_end;
		expect(await now()).toMatchObject({ status: 'active', cancel_at: end, cancel_at_period_end: false });
		expect(await text()).toContain('active, ends on');
		await act('resume');
		expect(await now()).toMatchObject({ status: 'active', cancel_at: null });
	});

	test('changes the interval for the price less what is unused of the period', async () => {
		expect(await text()).toContain('Pay each year instead');
		await act('switch');
		const { items, latest_invoice: id } = await now();
		expect(items.data[0]?.price.recurring?.interval).toBe('year');
		expect(items.data[0]?.current_period_end).toBeGreaterThan(Date.now() / 1000 + 364 * 86_400);
		const { data } = await stripe.invoices.list({ subscription: subscription.id, limit: 1 });
		expect(data).toMatchObject([{ id, billing_reason: 'subscription_update', status: 'paid', total: 8_100 }]);
	});

	test('pays a renewal that failed', async () => {
		await control(server, `/subscriptions/${subscription.id}/advance`, { payments: 'fail' });
		expect(await text()).toContain('Pay $9.00');
		await act('pay');
		expect(await now()).toMatchObject({ status: 'active' });
	});

	test('refuses to change the subscription of another customer', async () => {
		const other = await subscribe(server, stripe);
		expect((await act('cancel', { subscription: other.id })).status).toBe(400);
		expect(await stripe.subscriptions.retrieve(other.id)).toEqual(other);
	});
});
