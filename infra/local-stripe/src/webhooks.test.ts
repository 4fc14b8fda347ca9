import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import {
	client,
	control,
	NO_WEBHOOK,
	openCheckout,
	start,
	startWebhook,
	submit,
	subscribe,
	type Webhook,
} from './testing/stripe.ts';

/** The events of a new subscription. */
const FIRST_EVENTS = 4;

let webhook: Webhook;
beforeEach(async () => {
	webhook = await startWebhook();
});
afterEach(() => webhook.close());

const idsOf = (events: Stripe.Event[]) => events.map(({ id }) => id);

describe('deliveries', () => {
	let server: StripeServer;
	let stripe: Stripe;
	beforeEach(async () => {
		server = await start(webhook);
		stripe = client(server);
	});
	afterEach(() => server.stop());

	test('are retried until the response is 2xx', async () => {
		const { id } = await subscribe(server, stripe);
		await webhook.until(FIRST_EVENTS);
		webhook.statuses.push(302);
		await stripe.subscriptions.cancel(id);
		const attempts = (await webhook.until(FIRST_EVENTS + 2)).slice(FIRST_EVENTS);
		expect(attempts.map(({ type }) => type)).toEqual(Array(2).fill('customer.subscription.deleted'));
		expect(new Set(idsOf(attempts)).size).toBe(1);
	});

	test('come several times and in another order when the switches say so', async () => {
		await control(server, '/switches', { webhooks: { copies: 10, shuffle_ms: 500 } });
		await subscribe(server, stripe);
		const received = idsOf(await webhook.until(10 * FIRST_EVENTS));
		const [last = '', ...others] = idsOf((await stripe.events.list()).data);
		expect(received.toSorted()).toEqual([last, ...others].flatMap((id) => Array(10).fill(id)).toSorted());
		expect(received.indexOf(last)).toBeLessThan(received.lastIndexOf(others.at(-1) ?? ''));
	});

	test('are dropped when the switches say so, and sent on request', async () => {
		await control(server, '/switches', { webhooks: { drop: 1 } });
		await subscribe(server, stripe);
		const [first = '', second = ''] = idsOf((await stripe.events.list()).data);
		await control(server, '/webhooks/deliver', { events: [second, first], copies: 2 });
		expect(idsOf(webhook.received)).toEqual([second, second, first, first]);
	});
});

describe('a restart', () => {
	let directory: string;
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'creatorr-stripe-'));
	});
	afterEach(() => rmSync(directory, { recursive: true }));

	test('keeps objects, open checkouts and responses, and delivers what was not delivered', async () => {
		const stateFile = join(directory, 'state.db');
		const create = (stripe: Stripe) =>
			stripe.customers.create({ name: 'Ann' }, { idempotencyKey: 'customer-ann' });
		const first = await start(NO_WEBHOOK, stateFile);
		expect(statSync(stateFile).mode & 0o777).toBe(0o600);
		const customer = await create(client(first));
		const subscription = await subscribe(first, client(first));
		const { id } = await openCheckout(client(first), customer.id);
		await first.stop();

		const second = await start(webhook, stateFile);
		try {
			expect(await client(second).subscriptions.retrieve(subscription.id)).toEqual(subscription);
			expect(await create(client(second))).toEqual(customer);
			await webhook.until(FIRST_EVENTS);
			expect((await submit(`${second.url}/c/pay/${id}`, { action: 'pay' })).status).toBe(303);
		} finally {
			await second.stop();
		}
	});
});
