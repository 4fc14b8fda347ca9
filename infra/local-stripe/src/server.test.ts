import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { PRICE_IDS } from './catalog.ts';
import { type StripeServer, startStripeServer } from './server.ts';

/*
 * What the tests of apps/billing and qa leave out: they use every operation of the API through Stripe's client, the control routes and the
 * faults, and pay and cancel on the pages.
 */
const SECRET_KEY = 'sk_test_ofTheTests';
const DAY_SECONDS = 86_400;

let server: StripeServer;
let stripe: Stripe;
beforeEach(async () => {
	const webhook = { webhookSecret: 'whsec_ofTheTests', webhookUrl: 'http://127.0.0.1:9/' };
	server = await startStripeServer({ port: 0, stateFile: ':memory:', secretKey: SECRET_KEY, ...webhook });
	const { hostname: host, port } = new URL(server.url);
	stripe = new Stripe(SECRET_KEY, { host, port: Number(port), protocol: 'http', maxNetworkRetries: 0 });
});
afterEach(() => server.stop());

/** Sends a request to a control route; resolves to its response. */
function control(path: string, body: object = {}, key = SECRET_KEY): Promise<Response> {
	const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
	return fetch(`${server.url}/_control${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function openCheckout(email: string): Promise<{ url: string; customer: string }> {
	const { id: customer } = await stripe.customers.create({ email });
	const line_items = [{ price: PRICE_IDS.monthly, quantity: 1 }];
	const pages = { success_url: 'https://app.test/done', cancel_url: 'https://app.test/back' };
	const session = await stripe.checkout.sessions.create({
		mode: 'subscription',
		customer,
		line_items,
		...pages,
	});
	return { url: session.url ?? '', customer };
}

/** Submits a form as a browser does, without following redirects. */
function submit(url: string, fields: Record<string, string>): Promise<Response> {
	return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

async function subscribe(): Promise<Stripe.Subscription> {
	const { url, customer } = await openCheckout('buyer@example.com');
	await submit(url, { action: 'pay' });
	const [subscription] = (await stripe.subscriptions.list({ customer })).data;
	if (!subscription) throw new Error('the payment created no subscription');
	return subscription;
}

describe('a request is refused', () => {
	test('from a page of another site', async () => {
		const headers = { authorization: `Bearer ${SECRET_KEY}`, origin: 'https://evil.test' };
		expect((await fetch(`${server.url}/v1/customers`, { headers })).status).toBe(403);
	});

	test('to control routes without the key', async () => {
		const pause = { webhooks: { paused: true } };
		expect((await control('/switches', pause, 'sk_test_wrong')).status).toBe(401);
		expect((await control('/switches', pause)).status).toBe(200);
	});

	test('with an idempotency key of other parameters', async () => {
		const idempotencyKey = 'customer-user-1';
		await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey });
		const other = stripe.customers.create({ email: 'b@example.com' }, { idempotencyKey });
		await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
	});
});

test('the checkout page shows the buyer as text, and takes one payment of a form that is submitted several times', async () => {
	const { url, customer } = await openCheckout('"<b>"@example.com');
	expect(await (await fetch(url)).text()).toContain('&#34;&#60;b&#62;&#34;@example.com');
	const responses = await Promise.all([1, 2, 3].map(() => submit(url, { action: 'pay' })));
	expect(responses.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
	expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1);
});

test('the portal page takes back a cancellation, changes the interval and pays a renewal that failed', async () => {
	const { id, customer } = await subscribe();
	const { url } = await stripe.billingPortal.sessions.create({ customer: String(customer) });
	const act = async (action: string) => {
		expect((await submit(url, { action, subscription: id })).status).toBe(303);
		return await stripe.subscriptions.retrieve(id);
	};
	expect(await act('cancel')).toMatchObject({ cancel_at: expect.any(Number), cancel_at_period_end: false });
	expect(await act('resume')).toMatchObject({ cancel_at: null });
	expect((await act('switch')).items.data[0]?.price.id).toBe(PRICE_IDS.yearly);
	const [invoice] = (await stripe.invoices.list({ subscription: id, limit: 1 })).data;
	expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', total: 8_100 });
	await control(`/subscriptions/${id}/advance`, { payments: 'fail' });
	expect((await stripe.subscriptions.retrieve(id)).status).toBe('past_due');
	expect((await act('pay')).status).toBe('active');
});

test('each of many periods is a whole month', async () => {
	const { id } = await subscribe();
	for (let month = 0; month < 24; month += 1) {
		const { items } = (await (await control(`/subscriptions/${id}/advance`)).json()) as Stripe.Subscription;
		const [item] = items.data;
		const days = ((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / DAY_SECONDS;
		expect([28, 29, 30, 31]).toContain(days);
	}
});
