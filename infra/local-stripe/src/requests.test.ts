import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { client, SECRET_KEY, startWithoutWebhooks } from './testing/stripe.ts';

let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
});
afterEach(() => server.stop());

describe('idempotency keys', () => {
	const idempotencyKey = 'checkout-user-1';

	test('give the same answer to the same request, and do it once', async () => {
		const ask = () => stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey });
		const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
		for (const other of others) {
			expect(other).toEqual(first);
			expect(other?.lastResponse.headers['idempotent-replayed']).toBe('true');
		}
		expect(first?.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
		expect((await stripe.customers.list()).data).toHaveLength(1);
	});

	test('refuse other parameters and another endpoint', async () => {
		await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey });
		const other = stripe.customers.create({ email: 'b@example.com' }, { idempotencyKey });
		await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
		const elsewhere = stripe.customers.update('cus_1', { email: 'a@example.com' }, { idempotencyKey });
		await expect(elsewhere).rejects.toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
	});

	test('are refused while their request is executed', async () => {
		server.control.turn({ api: { delay_ms: 100 } });
		const ask = () => stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey });
		const outcomes = await Promise.allSettled([ask(), ask()]);
		const refused = outcomes.filter(({ status }) => status === 'rejected');
		expect(refused).toMatchObject([{ reason: { statusCode: 409, code: 'idempotency_key_in_use' } }]);
		expect((await ask()).lastResponse.headers['idempotent-replayed']).toBe('true');
		expect((await stripe.customers.list()).data).toHaveLength(1);
	});

	test('bring back an answer that was lost on its way', async () => {
		server.control.turn({ api: { lose_answers: 1 } });
		const customer = await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey });
		expect(customer.lastResponse.headers['idempotent-replayed']).toBe('true');
		expect((await stripe.customers.list()).data).toHaveLength(1);
	});

	test('remember what failed, but not what was malformed', async () => {
		const session = (customer: string) =>
			stripe.billingPortal.sessions.create({ customer }, { idempotencyKey: 'portal' });
		await expect(session('')).rejects.toMatchObject({ code: 'parameter_invalid_empty' });
		await expect(session('cus_none')).rejects.toMatchObject({ code: 'resource_missing' });
		await expect(session('cus_none')).rejects.toMatchObject({ headers: { 'idempotent-replayed': 'true' } });
	});
});

describe('errors', () => {
	test('a wrong key is 401', async () => {
		const stranger = client(server, {}, 'sk_test_wrong');
		const refusal = stranger.customers.list();
		await expect(refusal).rejects.toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
		await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining(SECRET_KEY) });
		expect((await fetch(`${server.url}/v1/customers`)).status).toBe(401);
	});

	test('what is not there is 404, with the id of the request', async () => {
		await expect(stripe.subscriptions.retrieve('sub_none')).rejects.toMatchObject({
			type: 'StripeInvalidRequestError',
			statusCode: 404,
			code: 'resource_missing',
			param: 'id',
			message: "No such subscription: 'sub_none'",
			requestId: expect.stringMatching(/^req_\w{14}$/),
		});
		await expect(stripe.coupons.retrieve('c')).rejects.toMatchObject({ statusCode: 404 });
	});

	test('parameters that are missing, unknown or malformed are named', async () => {
		const create = (params: object) => stripe.checkout.sessions.create(params as never);
		await expect(create({ mode: 'subscription' })).rejects.toMatchObject({
			code: 'parameter_missing',
			param: 'success_url',
		});
		await expect(stripe.customers.create({ colour: 'red' } as never)).rejects.toMatchObject({
			code: 'parameter_unknown',
			param: 'colour',
		});
		const line_items = [{ price: server.prices.monthly, quantity: 'many' }];
		const malformed = create({ mode: 'subscription', success_url: 'https://app.test', line_items });
		await expect(malformed).rejects.toMatchObject({
			code: 'parameter_invalid_integer',
			param: 'line_items[0][quantity]',
		});
		await expect(create({ mode: 'subscription', success_url: 'here', line_items: [] })).rejects.toMatchObject(
			{
				code: 'url_invalid',
			},
		);
	});

	test('an API that is down is 503, or cuts connections', async () => {
		server.control.turn({ api: { down: 'unavailable' } });
		await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeAPIError', statusCode: 503 });
		server.control.turn({ api: { down: 'refuse' } });
		await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeConnectionError' });
		server.control.turn({ api: { down: false } });
		await expect(stripe.customers.list()).resolves.toMatchObject({ data: [] });
	});

	test('nobody from another site or host gets in', async () => {
		const url = `${server.url}/_control/switches`;
		const authorization = `Bearer ${SECRET_KEY}`;
		expect((await fetch(url, { headers: { authorization, origin: 'https://evil.test' } })).status).toBe(403);
		expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
	});

	test('nobody turns its switches or moves its time without the key', async () => {
		const url = `${server.url}/_control`;
		const strangers = [undefined, 'Bearer sk_test_wrong', 'Bearer '].map((authorization) => ({
			headers: { ...(authorization && { authorization }), 'content-type': 'application/json' },
		}));
		for (const stranger of strangers) {
			const turned = { ...stranger, method: 'POST', body: '{"webhooks":{"paused":true}}' };
			expect((await fetch(`${url}/switches`, turned)).status).toBe(401);
			expect((await fetch(`${url}/events`, stranger)).status).toBe(401);
		}
		expect(server.control.turn({})).toMatchObject({ webhooks: { paused: false } });
		expect((await fetch(`${url}/health`)).status).toBe(200);
	});
});
