import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { control, openCheckout, SECRET_KEY, startWithoutWebhooks, subscribe } from './testing/stripe.ts';

let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
});
afterEach(() => server.stop());

test('an idempotency key is refused with other parameters and at another endpoint', async () => {
	const idempotencyKey = 'customer-user-1';
	await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey });
	const other = stripe.customers.create({ email: 'b@example.com' }, { idempotencyKey });
	await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
	const elsewhere = stripe.customers.update('cus_1', { email: 'a@example.com' }, { idempotencyKey });
	await expect(elsewhere).rejects.toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
});

test('subscriptions that ended are listed on request only, and cannot be changed', async () => {
	const { id, customer } = await subscribe(server, stripe);
	await stripe.subscriptions.cancel(id);
	const list = async (status?: 'all') => {
		const filter = { customer: String(customer), ...(status && { status }) };
		return (await stripe.subscriptions.list(filter)).data;
	};
	expect([await list(), await list('all')]).toMatchObject([[], [{ id, status: 'canceled' }]]);
	await expect(stripe.subscriptions.cancel(id)).rejects.toMatchObject({ code: 'resource_missing' });
	const change = stripe.subscriptions.update(id, { cancel_at_period_end: true });
	await expect(change).rejects.toMatchObject({ statusCode: 400 });
});

describe('a request is refused', () => {
	test('for an object or a route that does not exist', async () => {
		await expect(stripe.subscriptions.retrieve('sub_none')).rejects.toMatchObject({
			type: 'StripeInvalidRequestError',
			statusCode: 404,
			code: 'resource_missing',
			requestId: expect.stringMatching(/^req_\w{14}$/),
		});
		await expect(stripe.coupons.retrieve('c')).rejects.toMatchObject({ statusCode: 404 });
		await expect(openCheckout(stripe, 'cus_none')).rejects.toMatchObject({
			statusCode: 400,
			code: 'resource_missing',
			param: 'customer',
		});
	});

	test('with parameters that are missing, unknown or malformed, whose name it has', async () => {
		const create = (params: object) => stripe.checkout.sessions.create(params as never);
		await expect(create({ mode: 'subscription' })).rejects.toMatchObject({ param: 'success_url' });
		await expect(stripe.customers.create({ color: 'red' } as never)).rejects.toThrow('color');
		const line_items = [{ price: 'price_1', quantity: 'many' }];
		const malformed = create({
			mode: 'subscription',
			customer: 'c',
			success_url: 'https://app.test',
			line_items,
		});
		await expect(malformed).rejects.toMatchObject({ param: 'line_items[0][quantity]' });
	});

	test('from a page of another site', async () => {
		const headers = { authorization: `Bearer ${SECRET_KEY}`, origin: 'https://evil.test' };
		expect((await fetch(`${server.url}/v1/customers`, { headers })).status).toBe(403);
	});

	test('to the control routes without the key or with unknown switches', async () => {
		const post = async (authorization: string, body: string) => {
			const headers = { authorization, 'content-type': 'application/json' };
			return (await fetch(`${server.url}/_control/switches`, { method: 'POST', headers, body })).status;
		};
		const pause = '{"webhooks":{"paused":true}}';
		expect([await post('', pause), await post('Bearer sk_test_wrong', pause)]).toEqual([401, 401]);
		expect(await post(`Bearer ${SECRET_KEY}`, '{"webhooks":{"color":"red"}}')).toBe(400);
		expect((await control(server, '/switches')).webhooks.paused).toBe(false);
		expect(await post(`Basic ${btoa(`${SECRET_KEY}:`)}`, pause)).toBe(200);
	});
});
