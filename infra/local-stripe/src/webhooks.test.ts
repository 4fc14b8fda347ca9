import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import type { StripeServer } from './server.ts';
import {
	client,
	listen,
	SECRET_KEY,
	start,
	submit,
	subscribe,
	WEBHOOK_SECRET,
	type Webhook,
} from './testing/stripe.ts';

/** What an ordinary subscription begins with, as far as the webhook is told. */
const FIRST_EVENTS = 4;

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

describe('deliveries', () => {
	test('carry the whole object, signed, as the event is in the API', async () => {
		const subscription = await subscribe(server, stripe);
		const received = await webhook.until(FIRST_EVENTS);
		expect(received.map(({ event }) => event.type).sort()).toEqual([
			'checkout.session.completed',
			'customer.subscription.created',
			'customer.subscription.updated',
			'invoice.paid',
		]);
		const updated = received.find(({ event }) => event.type === 'customer.subscription.updated')?.event;
		expect(updated).toMatchObject({ api_version: Stripe.API_VERSION, livemode: false, object: 'event' });
		expect(updated?.data.previous_attributes).toEqual({ status: 'incomplete' });
		// as text, since the client reads decimals from the API only
		expect(JSON.stringify(updated?.data.object)).toBe(JSON.stringify(subscription));
		expect(await stripe.events.retrieve(updated?.id ?? '')).toEqual(updated);
	});

	test('do not verify once a byte differs, under another secret, or when they are old', async () => {
		await subscribe(server, stripe);
		const [first] = await webhook.until(FIRST_EVENTS);
		const { body = '', signature = '' } = first ?? {};
		const verify = (payload: string, secret: string, now: number) =>
			Stripe.webhooks.constructEvent(payload, signature, secret, 300, undefined, now);
		const now = Date.now();
		expect(verify(body, WEBHOOK_SECRET, now).id).toBe(first?.event.id);
		expect(() => verify(JSON.stringify(JSON.parse(body)), WEBHOOK_SECRET, now)).toThrow(/signatures/);
		expect(() => verify(body, 'whsec_other', now)).toThrow(/signatures/);
		expect(() => verify(body, WEBHOOK_SECRET, now + 600_000)).toThrow(/tolerance/);
	});

	test('are repeated until they are answered 2xx', async () => {
		await subscribe(server, stripe);
		await webhook.until(FIRST_EVENTS);
		webhook.answers.push(500, 302);
		const subscription = server.control.events().at(-1)?.data.object as { subscription?: string };
		await stripe.subscriptions.cancel(String(subscription.subscription));
		const received = await webhook.until(FIRST_EVENTS + 3);
		const attempts = received.slice(FIRST_EVENTS);
		expect(new Set(attempts.map(({ event }) => event.id)).size).toBe(1);
		await server.control.idle();
		expect(server.control.deliveries()[0]).toMatchObject({ state: 'delivered', attempts: 3, outcome: '200' });
	});

	test('wait for a webhook that is away', async () => {
		server.control.turn({ webhooks: { url: 'http://127.0.0.1:9/' } });
		await subscribe(server, stripe);
		await server.control.idle();
		expect(server.control.deliveries().every(({ state }) => state === 'pending')).toBe(true);
		server.control.turn({ webhooks: { url: webhook.url } });
		expect(await webhook.until(FIRST_EVENTS)).toHaveLength(FIRST_EVENTS);
	});
});

describe('switches', () => {
	test('duplicate every delivery', async () => {
		server.control.turn({ webhooks: { copies: 3 } });
		await subscribe(server, stripe);
		const received = await webhook.until(3 * FIRST_EVENTS);
		const ids = received.map(({ event }) => event.id);
		expect(ids).toHaveLength(3 * FIRST_EVENTS);
		expect(new Set(ids).size).toBe(FIRST_EVENTS);
	});

	test('shuffle deliveries, which all come all the same', async () => {
		server.control.turn({ webhooks: { paused: true, copies: 10, shuffle_ms: 500 } });
		await subscribe(server, stripe);
		const deliveries = server.control.deliveries().toReversed();
		expect(deliveries.toSorted((one, other) => one.due - other.due)).not.toEqual(deliveries);
		server.control.turn({ webhooks: { paused: false } });
		expect(await webhook.until(10 * FIRST_EVENTS)).toHaveLength(10 * FIRST_EVENTS);
	});

	test('drop deliveries, which can be made by hand', async () => {
		server.control.turn({ webhooks: { drop: 1 } });
		await subscribe(server, stripe);
		await server.control.idle();
		expect(server.control.deliveries()).toEqual([]);
		const [first, second] = server.control.events();
		const sent = await server.control.deliver([second?.id ?? '', first?.id ?? ''], { copies: 2 });
		expect(sent.map(({ outcome }) => outcome)).toEqual(['200', '200', '200', '200']);
		expect(webhook.received.map(({ event }) => event.id)).toEqual([
			second?.id,
			second?.id,
			first?.id,
			first?.id,
		]);
	});

	test('pause deliveries until they are on again', async () => {
		server.control.turn({ webhooks: { paused: true } });
		await subscribe(server, stripe);
		expect(server.control.deliveries().every(({ state }) => state === 'pending')).toBe(true);
		expect(webhook.received).toEqual([]);
		server.control.turn({ webhooks: { paused: false } });
		await webhook.until(FIRST_EVENTS);
	});

	test('can be turned by curl', async () => {
		const authorization = `Bearer ${SECRET_KEY}`;
		const turn = (changes: object) =>
			fetch(`${server.url}/_control/switches`, {
				method: 'POST',
				headers: { authorization, 'content-type': 'application/json' },
				body: JSON.stringify(changes),
			});
		expect(await (await turn({ webhooks: { copies: 2 } })).json()).toMatchObject({ webhooks: { copies: 2 } });
		expect((await turn({ webhooks: { colour: 'red' } })).status).toBe(400);
		const { id } = await subscribe(server, stripe);
		await webhook.until(2 * FIRST_EVENTS);
		const advanced = await fetch(`${server.url}/_control/subscriptions/${id}/advance`, {
			...{ method: 'POST', headers: { authorization } },
		});
		expect(await advanced.json()).toMatchObject({ id, status: 'active' });
		const unknown = await fetch(`${server.url}/_control/subscriptions/sub_none/advance`, {
			...{ method: 'POST', headers: { authorization } },
		});
		expect(unknown.status).toBe(404);
	});
});

describe('a restart', () => {
	let directory: string;
	let stateFile: string;
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'creatorr-stripe-'));
		stateFile = join(directory, 'state.db');
	});
	afterEach(() => rmSync(directory, { recursive: true }));

	test('keeps everything, and sends what was not delivered', async () => {
		const first = await start({ url: 'http://127.0.0.1:9/' }, stateFile);
		expect(statSync(stateFile).mode & 0o777).toBe(0o600);
		const idempotencyKey = 'once';
		const customer = await client(first).customers.create({ name: 'Ann' }, { idempotencyKey });
		const subscription = await subscribe(first, client(first));
		const events = await client(first).events.list({ limit: 100 });
		await first.control.idle();
		await first.stop();

		const second = await start(webhook, stateFile);
		try {
			const stripe = client(second);
			expect(await stripe.subscriptions.retrieve(subscription.id)).toEqual(subscription);
			expect(await stripe.events.list({ limit: 100 })).toEqual(events);
			const again = await stripe.customers.create({ name: 'Ann' }, { idempotencyKey });
			expect(again).toEqual(customer);
			await webhook.until(FIRST_EVENTS);
		} finally {
			await second.stop();
		}
	});

	test('lets a checkout that was open be paid', async () => {
		const first = await start(webhook, stateFile);
		const { id } = await client(first).checkout.sessions.create({
			mode: 'subscription',
			success_url: 'https://app.test/',
			customer_email: 'a@example.com',
			line_items: [{ price: first.prices.monthly }],
		});
		await first.stop();
		const second = await start(webhook, stateFile);
		expect((await submit(`${second.url}/c/pay/${id}`, { action: 'pay' })).status).toBe(303);
		await second.stop();
	});
});
