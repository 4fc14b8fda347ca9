import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { newSession, startWithoutWebhooks, submit, subscribe } from './testing/stripe.ts';

let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
});
afterEach(() => server.stop());

const eventTypes = () => server.control.events().map(({ type }) => type);

describe('the checkout page', () => {
	let session: Stripe.Checkout.Session;
	let url: string;
	beforeEach(async () => {
		const customer = await stripe.customers.create({ email: 'a@example.com' });
		session = await newSession(stripe, { customer: customer.id, price: server.prices.monthly });
		url = session.url ?? '';
	});

	test('is one plain form, with the price, the buyer and a way back', async () => {
		const page = await (await fetch(url)).text();
		expect(page).toContain('$9.00 each month');
		expect(page).toContain('a@example.com');
		expect(page.match(/<form /g)).toHaveLength(1);
		expect(page).toContain('href="https://app.test/back"');
		expect(page).not.toContain('<script');
	});

	test('takes the money and goes on to the success page', async () => {
		const response = await submit(url, { action: 'pay', card_number: '4242 4242 4242 4242' });
		expect(response.status).toBe(303);
		expect(response.headers.get('location')).toBe(`https://app.test/done?session=${session.id}`);

		const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] });
		expect(paid).toMatchObject({ status: 'complete', payment_status: 'paid', url: null });
		expect(paid.subscription).toMatchObject({ status: 'active', metadata: { user_id: 'user_1' } });
		expect(eventTypes().filter((type) => !type.startsWith('invoice.c'))).toEqual([
			'customer.created',
			'customer.subscription.created',
			'invoice.payment_succeeded',
			'invoice.paid',
			'customer.subscription.updated',
			'checkout.session.completed',
		]);
	});

	test('says why a card was declined, and can be paid with another', async () => {
		const declined = await submit(url, { action: 'pay', card_number: '4000000000009995' });
		expect(declined.status).toBe(402);
		expect(await declined.text()).toContain('insufficient funds');
		expect((await submit(url, { action: 'decline' })).status).toBe(402);
		expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open' });
		const customer = String(session.customer);
		const [incomplete] = (await stripe.subscriptions.list({ customer })).data;
		expect(incomplete).toMatchObject({ status: 'incomplete' });

		expect((await submit(url, { action: 'pay' })).status).toBe(303);
		const { data } = await stripe.subscriptions.list({ customer, status: 'all' });
		expect(data).toMatchObject([{ id: incomplete?.id, status: 'active' }]);
	});

	test('is paid once, however often the form is sent', async () => {
		const responses = await Promise.all([1, 2, 3].map(() => submit(url, { action: 'pay' })));
		expect(responses.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
		const all = await stripe.subscriptions.list({ customer: String(session.customer), status: 'all' });
		expect(all.data).toHaveLength(1);
	});

	test('is closed once the session has expired, and unknown ones are not there', async () => {
		await stripe.checkout.sessions.expire(session.id);
		expect((await submit(url, { action: 'pay' })).status).toBe(410);
		expect((await fetch(`${server.url}/c/pay/cs_test_none`)).status).toBe(404);
	});

	test('asks for an email when there is no customer yet, and shows it as text', async () => {
		const { id, url: page } = await newSession(stripe, { price: server.prices.monthly });
		expect(await (await fetch(page ?? '')).text()).toContain('name="email"');
		const email = '"<b>"@example.com';
		expect((await submit(page ?? '', { action: 'decline', email })).status).toBe(402);
		expect(await (await fetch(page ?? '')).text()).not.toContain('<b>');
		await submit(page ?? '', { action: 'pay' });
		const { customer } = await stripe.checkout.sessions.retrieve(id, { expand: ['customer'] });
		expect(customer).toMatchObject({ email });
	});
});

describe('the portal page', () => {
	let subscription: Stripe.Subscription;
	let url: string;
	const act = (action: string, more: Record<string, string> = {}) =>
		submit(url, { action, subscription: subscription.id, ...more });
	const now = () => stripe.subscriptions.retrieve(subscription.id);
	beforeEach(async () => {
		subscription = await subscribe(server, stripe);
		const customer = String(subscription.customer);
		const portal = await stripe.billingPortal.sessions.create({
			customer,
			return_url: 'https://app.test/me',
		});
		url = portal.url;
	});

	test('shows what there is and leads back', async () => {
		const page = await (await fetch(url)).text();
		expect(page).toContain('active, renews on');
		expect(page).toContain('href="https://app.test/me"');
		expect(page).not.toContain('<script');
	});

	test('cancels at the end of the period as the real one does, and takes it back', async () => {
		const response = await act('cancel');
		expect(response.status).toBe(303);
		expect(new URL(response.headers.get('location') ?? '', url).href).toBe(url);
		const end = subscription.items.data[0]?.current_period_end;
		expect(await now()).toMatchObject({ status: 'active', cancel_at: end, cancel_at_period_end: false });
		expect(await (await fetch(url)).text()).toContain('active, ends on');
		await act('resume');
		expect(await now()).toMatchObject({ status: 'active', cancel_at: null });
	});

	test('cancels now, after which nothing is left to change', async () => {
		await act('cancel_now');
		expect(await now()).toMatchObject({ status: 'canceled' });
		expect(await (await fetch(url)).text()).toContain('There is no subscription');
		expect((await act('resume')).status).toBe(400);
	});

	test('changes the cycle', async () => {
		await act('switch');
		expect((await now()).items.data[0]?.price.recurring?.interval).toBe('year');
		await act('switch');
		expect((await now()).items.data[0]?.price.recurring?.interval).toBe('month');
	});

	test('lets an unpaid renewal be paid with another card', async () => {
		server.control.advance(subscription.id, { payments: 'fail' });
		expect(await now()).toMatchObject({ status: 'past_due' });
		expect(await (await fetch(url)).text()).toContain('Pay $9.00');
		expect((await act('pay', { card_number: '4000000000000002' })).status).toBe(402);
		expect((await act('pay')).status).toBe(303);
		expect(await now()).toMatchObject({ status: 'active' });
	});

	test('changes nothing of anybody else', async () => {
		const other = await subscribe(server, stripe);
		expect((await act('cancel_now', { subscription: other.id })).status).toBe(400);
		expect(await stripe.subscriptions.retrieve(other.id)).toEqual(other);
	});
});
