import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { API_VERSION, type StripeServer } from '../src/stripe-server/server.ts';
import { client, listen, newSession, SECRET_KEY, start, subscribe, type Webhook } from './fixtures/stripe.ts';

let webhook: Webhook;
let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	webhook = await listen();
	server = await start(webhook);
	stripe = client(server);
});
afterEach(async () => {
	await server.stop();
	await webhook.close();
});

test('the version is the one that the official client pins', () => {
	expect(API_VERSION).toBe(Stripe.API_VERSION);
});

describe('customers', () => {
	test('are created, retrieved, found by email, updated and deleted', async () => {
		const created = await stripe.customers.create({
			email: 'a@example.com',
			metadata: { user_id: 'u1', old: '1' },
		});
		expect(created.id).toMatch(/^cus_\w{14}$/);
		expect(created).toMatchObject({ object: 'customer', livemode: false, metadata: { user_id: 'u1' } });
		expect(await stripe.customers.retrieve(created.id)).toEqual(created);

		await stripe.customers.create({ email: 'b@example.com' });
		const found = await stripe.customers.list({ email: 'a@example.com' });
		expect(found.data.map(({ id }) => id)).toEqual([created.id]);

		const updated = await stripe.customers.update(created.id, {
			name: 'Ann',
			metadata: { old: '', new: '2' },
		});
		expect(updated).toMatchObject({ name: 'Ann', email: 'a@example.com' });
		expect(updated.metadata).toEqual({ user_id: 'u1', new: '2' });

		expect(await stripe.customers.del(created.id)).toEqual({
			id: created.id,
			object: 'customer',
			deleted: true,
		});
		expect(await stripe.customers.retrieve(created.id)).toMatchObject({ deleted: true });
		expect((await stripe.customers.list({ email: 'a@example.com' })).data).toEqual([]);
	});

	test('take their subscriptions with them', async () => {
		const { id, customer } = await subscribe(server, stripe);
		await stripe.customers.del(String(customer));
		expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' });
	});
});

describe('lists', () => {
	test('come in pages, the newest first, in both directions', async () => {
		const ids: string[] = [];
		for (let n = 0; n < 5; n += 1) ids.unshift((await stripe.customers.create({ name: `${n}` })).id);

		const first = await stripe.customers.list({ limit: 2 });
		expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/customers' });
		expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
		const last = await stripe.customers.list({ limit: 3, starting_after: ids[1] ?? '' });
		expect(last).toMatchObject({ has_more: false, data: ids.slice(2).map((id) => ({ id })) });
		const back = await stripe.customers.list({ limit: 2, ending_before: ids[3] ?? '' });
		expect(back).toMatchObject({ has_more: true, data: ids.slice(1, 3).map((id) => ({ id })) });

		const all: string[] = [];
		for await (const { id } of stripe.customers.list({ limit: 2 })) all.push(id);
		expect(all).toEqual(ids);
	});

	test('refuse a limit that is none and a start that is not there', async () => {
		await expect(stripe.customers.list({ limit: 101 })).rejects.toMatchObject({
			statusCode: 400,
			param: 'limit',
		});
		await stripe.customers.create();
		await expect(stripe.customers.list({ starting_after: 'cus_none' })).rejects.toMatchObject({
			code: 'resource_missing',
			param: 'starting_after',
		});
	});
});

describe('checkout sessions', () => {
	test('are created, retrieved with what they sell, listed and expired', async () => {
		const customer = await stripe.customers.create({ email: 'a@example.com' });
		const session = await newSession(stripe, { customer: customer.id, price: server.prices.yearly });
		expect(session).toMatchObject({
			amount_total: 9000,
			client_reference_id: 'user_1',
			customer: customer.id,
			mode: 'subscription',
			payment_status: 'unpaid',
			status: 'open',
			subscription: null,
		});
		expect(session.url).toBe(`${server.url}/c/pay/${session.id}`);
		expect(session).not.toHaveProperty('line_items');

		const expanded = await stripe.checkout.sessions.retrieve(session.id, {
			expand: ['line_items', 'customer'],
		});
		expect(expanded.line_items?.data).toMatchObject([{ price: { id: server.prices.yearly }, quantity: 1 }]);
		expect(expanded.customer).toEqual(customer);

		const expired = await stripe.checkout.sessions.expire(session.id);
		expect(expired).toMatchObject({ status: 'expired', url: null });
		await expect(stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
		const open = await stripe.checkout.sessions.list({ customer: customer.id, status: 'open' });
		expect(open.data).toEqual([]);
		expect((await stripe.checkout.sessions.list({ customer: customer.id })).data).toEqual([expired]);
	});

	test('refuse a price and a customer that are not there', async () => {
		await expect(newSession(stripe, { price: 'price_none' })).rejects.toMatchObject({
			code: 'resource_missing',
			param: 'line_items[0][price]',
			statusCode: 400,
		});
		const wrong = newSession(stripe, { customer: 'cus_none', price: server.prices.monthly });
		await expect(wrong).rejects.toMatchObject({ code: 'resource_missing', param: 'customer' });
	});
});

describe('subscriptions', () => {
	test('have their period on the item, and older versions on themselves', async () => {
		const subscription = await subscribe(server, stripe);
		const [item] = subscription.items.data;
		expect(subscription).not.toHaveProperty('current_period_end');
		expect(item?.current_period_end).toBeGreaterThan(Date.now() / 1000 + 27 * 86_400);

		const older = client(server, { apiVersion: '2024-06-20' as typeof Stripe.API_VERSION });
		const seen = await older.subscriptions.retrieve(subscription.id);
		expect(seen).toHaveProperty('current_period_end', item?.current_period_end);
		expect(seen.items.data[0]).not.toHaveProperty('current_period_end');
	});

	test('are listed without the canceled ones unless these are asked for', async () => {
		const subscription = await subscribe(server, stripe);
		const customer = String(subscription.customer);
		expect((await stripe.subscriptions.list({ customer })).data).toEqual([subscription]);
		const canceled = await stripe.subscriptions.cancel(subscription.id);
		expect(canceled).toMatchObject({ status: 'canceled', ended_at: expect.any(Number) });
		expect((await stripe.subscriptions.list({ customer })).data).toEqual([]);
		expect((await stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([canceled]);
		expect((await stripe.subscriptions.list({ customer, status: 'canceled' })).data).toEqual([canceled]);
	});

	test('end with their period, or go on after all', async () => {
		const { id, items } = await subscribe(server, stripe);
		const ending = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
		expect(ending).toMatchObject({
			cancel_at: items.data[0]?.current_period_end,
			cancel_at_period_end: true,
			cancellation_details: { reason: 'cancellation_requested' },
			status: 'active',
		});
		const resumed = await stripe.subscriptions.update(id, { cancel_at_period_end: false });
		expect(resumed).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null });
	});

	test('end at any time that is to come', async () => {
		const { id } = await subscribe(server, stripe);
		const tomorrow = Math.floor(Date.now() / 1000) + 86_400;
		const ending = await stripe.subscriptions.update(id, { cancel_at: tomorrow });
		expect(ending).toMatchObject({ cancel_at: tomorrow, cancel_at_period_end: false, status: 'active' });
		expect(server.control.advance(id)).toMatchObject({ status: 'canceled' });
		const other = await subscribe(server, stripe);
		await expect(stripe.subscriptions.update(other.id, { cancel_at: 1 })).rejects.toMatchObject({
			param: 'cancel_at',
		});
	});

	test('that stay as they are have no event', async () => {
		const { id } = await subscribe(server, stripe);
		const before = server.control.events().length;
		await stripe.subscriptions.update(id, { metadata: { user_id: 'user_1' } });
		expect(server.control.events()).toHaveLength(before);
		await stripe.subscriptions.update(id, { metadata: { user_id: 'user_2' } });
		expect(server.control.events().at(-1)?.data.previous_attributes).toEqual({
			metadata: { user_id: 'user_1' },
		});
	});

	test('change their cycle, for the price less what is left', async () => {
		const { id, items } = await subscribe(server, stripe);
		const changed = await stripe.subscriptions.update(id, {
			items: [{ id: items.data[0]?.id ?? '', price: server.prices.yearly }],
			expand: ['latest_invoice'],
		});
		expect(changed.items.data[0]?.price.id).toBe(server.prices.yearly);
		expect(changed.items.data[0]?.current_period_end).toBeGreaterThan(Date.now() / 1000 + 364 * 86_400);
		expect(changed.latest_invoice).toMatchObject({ status: 'paid', amount_paid: 9000 - 900 });
	});

	test('that were canceled cannot be canceled again or changed', async () => {
		const { id } = await subscribe(server, stripe);
		await stripe.subscriptions.cancel(id);
		await expect(stripe.subscriptions.cancel(id)).rejects.toMatchObject({
			statusCode: 404,
			code: 'resource_missing',
		});
		await expect(stripe.subscriptions.update(id, { cancel_at_period_end: true })).rejects.toMatchObject({
			statusCode: 400,
		});
	});
});

test('prices, invoices, events and portal sessions can be had', async () => {
	const { latest_invoice: invoice, customer } = await subscribe(server, stripe);
	const price = await stripe.prices.retrieve(server.prices.monthly, { expand: ['product'] });
	expect(price).toMatchObject({ recurring: { interval: 'month' }, product: { name: 'creatorr Pro' } });
	expect(price.unit_amount_decimal?.toString()).toBe('900');
	expect(await stripe.invoices.retrieve(String(invoice))).toMatchObject({ status: 'paid', amount_paid: 900 });
	const events = await stripe.events.list({ type: 'checkout.session.completed' });
	expect(events.data).toHaveLength(1);
	expect(await stripe.events.retrieve(events.data[0]?.id ?? '')).toEqual(events.data[0]);
	const portal = await stripe.billingPortal.sessions.create({
		customer: String(customer),
		return_url: 'https://app.test/account',
	});
	expect(portal).toMatchObject({
		object: 'billing_portal.session',
		url: `${server.url}/p/session/${portal.id}`,
	});
});

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
		expect((await fetch(url, { headers: { origin: 'https://evil.test' } })).status).toBe(403);
		expect((await fetch(url)).status).toBe(200);
	});
});
