import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import { client, startWithoutWebhooks, subscribe } from './testing/stripe.ts';

let server: StripeServer;
let stripe: Stripe;

beforeEach(async () => {
	({ server, stripe } = await startWithoutWebhooks());
});
afterEach(() => server.stop());

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
