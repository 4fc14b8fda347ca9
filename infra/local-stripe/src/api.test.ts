import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { API_VERSION, type StripeServer } from './server.ts';
import { newSession, startWithoutWebhooks, subscribe } from './testing/stripe.ts';

let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
});
afterEach(() => server.stop());

test('the version is the one that the official client pins', () => {
	expect(API_VERSION).toBe(Stripe.API_VERSION);
});

describe('customers', () => {
	test('are found by what their metadata says, until they are deleted', async () => {
		const { id } = await stripe.customers.create({ metadata: { user_id: 'u1' } });
		await stripe.customers.create({ metadata: { user_id: 'u2' } });
		const find = () => stripe.customers.search({ query: "metadata['user_id']:'u1'" });
		expect(await find()).toMatchObject({ object: 'search_result', has_more: false, data: [{ id }] });
		await stripe.customers.del(id);
		expect((await find()).data).toEqual([]);
		await expect(stripe.customers.search({ query: 'u1' })).rejects.toThrow('parse');
	});

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
