import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newId } from '@creatorr/contracts/ids';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { freePort } from '../testing/local-stripe.ts';
import { startWorld, subscribe, type World, waitForPlan } from '../testing/world.ts';

const PROGRAM = fileURLToPath(new URL('../main.ts', import.meta.url));

let world: World;
beforeAll(async () => {
	world = await startWorld();
}, 120_000);
afterAll(() => world?.stop());
beforeEach(() => world.stripe.control('/switches', { api: { down: false } }));

const now = () => Math.floor(Date.now() / 1000);

function sign(payload: string, options: { secret?: string; timestamp?: number } = {}): string {
	return Stripe.webhooks.generateTestHeaderString({
		payload,
		secret: options.secret ?? world.stripe.webhookSecret,
		timestamp: options.timestamp ?? now(),
	});
}

const eventText = (type = 'charge.succeeded', id = `evt_${newId('evt').slice(4)}`) =>
	JSON.stringify({ id, object: 'event', type, data: { object: { customer: 'cus_unknown' } } }, null, 2);

async function deliver(payload: string, signature?: string) {
	const response = await fetch(world.webhookUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...(signature ? { 'stripe-signature': signature } : {}) },
		body: payload,
	});
	// biome-ignore lint/suspicious/noExplicitAny: tests inspect arbitrary responses
	const body: any = await response.json();
	return { status: response.status, body };
}

const stored = (payload: string) =>
	world.prisma.stripeEvent.findUnique({ where: { id: JSON.parse(payload).id } });

describe('a delivery', () => {
	test('with a valid signature is recorded and gets 200', async () => {
		const payload = eventText();
		expect(await deliver(payload, sign(payload))).toEqual({
			status: 200,
			body: { data: { received: true } },
		});
		expect(await stored(payload)).toMatchObject({ type: 'charge.succeeded', userId: null });
	});

	test.each<[string, (payload: string) => string | undefined]>([
		['without a signature', () => undefined],
		['with another secret’s signature', (payload) => sign(payload, { secret: 'whsec_other' })],
		['whose body was serialized again', (payload) => sign(JSON.stringify(JSON.parse(payload)))],
		['that is ten minutes old', (payload) => sign(payload, { timestamp: now() - 600 })],
		['from ten minutes ahead', (payload) => sign(payload, { timestamp: now() + 600 })],
		['with nonsense for a signature', () => 't=1,v1=00'],
		['with an empty signature', () => 't=,v1='],
		['with an empty signature beside a good one', (payload) => `t=,v1=, ${sign(payload)}`],
	])('%s is refused, and nothing is recorded', async (_, signatureOf) => {
		const payload = eventText();
		const { status, body } = await deliver(payload, signatureOf(payload));
		expect([status, body.error.code]).toEqual([400, 'validation']);
		expect(await stored(payload)).toBeNull();
	});

	test('that is no event is refused despite a valid signature', async () => {
		const { status } = await deliver('no JSON', sign('no JSON'));
		expect(status).toBe(400);
	});

	test.each<[string, number, string]>([
		['null', 400, 'null'],
		['a number', 400, '12e400'],
		['a list', 400, '[{"id":"evt_1"}]'],
		['nothing', 400, ''],
		['a byte that is no UTF-8', 200, `{"id":"evt_\ufffd","type":"a","data":{}}`],
		['no id', 400, '{"type":"invoice.paid","data":{"object":{}}}'],
		['an id that no database holds', 400, String.raw`{"id":"evt_\u0000","type":"invoice.paid"}`],
		['an id without an end', 400, JSON.stringify({ id: 'e'.repeat(10_000), type: 'invoice.paid' })],
		['a list for a type', 400, '{"id":"evt_1","type":["invoice.paid"]}'],
		['no data', 200, '{"id":"evt_no_data","type":"invoice.paid"}'],
		['null for data', 200, '{"id":"evt_null_data","type":"invoice.paid","data":null}'],
		['a list for an object', 200, '{"id":"evt_list","type":"invoice.paid","data":{"object":[1]}}'],
		['a number for a customer', 200, '{"id":"evt_7","type":"invoice.paid","data":{"object":{"customer":7}}}'],
		[
			'a customer that no database holds',
			200,
			String.raw`{"id":"evt_nul","type":"invoice.paid","data":{"object":{"customer":"cus_\u0000"}}}`,
		],
		['a type that nobody knows', 200, '{"id":"evt_new","type":"v9.moon.phase","data":{"object":null}}'],
		[
			'an event of the API v2',
			200,
			'{"id":"evt_v2","object":"v2.core.event","type":"v2.core.account.updated","related_object":{"id":"acct_1"}}',
		],
		['nests too deeply', 400, `{"id":"evt_deep","type":"a","data":${'['.repeat(1000)}${']'.repeat(1000)}}`],
	])('with a valid signature and %s gets %i', async (_, status, payload) => {
		const response = await deliver(payload, sign(payload));
		expect(response.status).toBe(status);
		expect(response.body.error?.code).toBe(status === 400 ? 'validation' : undefined);
	});

	test('for a known customer is recorded even with text that Postgres can’t store', async () => {
		const user = world.user();
		await user.openCheckout();
		const { stripeCustomerId: customer } = await world.prisma.customer.findUniqueOrThrow({
			where: { userId: user.id },
		});
		const id = `evt_${newId('evt').slice(4)}`;
		const payload = JSON.stringify({
			id,
			type: 'invoice.paid',
			data: { object: { customer, description: '\0 and \ud800' } },
		});
		expect((await deliver(payload, sign(payload))).status).toBe(200);
		expect(await stored(payload)).toMatchObject({
			userId: user.id,
			payload: { id, type: 'invoice.paid', customer },
		});
	});

	test('of the same event a hundred times at once changes the plan once', async () => {
		const user = world.user();
		await subscribe(world, user);
		const { data } = await world.stripe.api.events.list({ type: 'customer.subscription.created', limit: 1 });
		await world.stripe.control('/webhooks/deliver', { events: [data[0]?.id ?? ''], copies: 100 });
		await waitFor(async () => {
			const waiting = await world.prisma.stripeEvent.count({ where: { appliedAt: null } });
			if (waiting > 0) throw new Error(`${waiting} wait`);
		});
		expect(await world.prisma.stripeEvent.count({ where: { id: data[0]?.id ?? '' } })).toBe(1);
		await waitFor(() =>
			expect(world.planChangesOf(user.id)).toEqual([{ user_id: user.id, plan: 'pro', version: 1 }]),
		);
		await user.billing();
		expect(world.planChangesOf(user.id)).toHaveLength(1);
	}, 120_000);

	test('while Stripe is down is accepted, and applied when Stripe is back', async () => {
		const user = world.user();
		const subscription = await subscribe(world, user);
		await world.stripe.control('/switches', { webhooks: { paused: true } });
		await world.stripe.api.subscriptions.cancel(subscription);
		await world.stripe.control('/switches', { api: { down: 'refuse' }, webhooks: { paused: false } });
		await waitFor(async () => {
			const waiting = await world.prisma.stripeEvent.count({ where: { userId: user.id, appliedAt: null } });
			if (waiting === 0) throw new Error('nothing waits');
		});
		expect((await user.billing()).plan).toBe('pro');
		await world.stripe.control('/switches', { api: { down: false } });
		await waitForPlan(user, 'free');
	});
});

test('for an unknown customer is recorded without personal data', async () => {
	const [id, type] = [`evt_${newId('evt').slice(4)}`, 'customer.subscription.updated'];
	const object = { customer: 'cus_unknown', customer_email: 'ann@example.com' };
	const payload = JSON.stringify({ id, object: 'event', type, data: { object } });
	expect((await deliver(payload, sign(payload))).status).toBe(200);
	expect((await stored(payload))?.payload).toEqual({ id, type, customer: 'cus_unknown' });
});

test('the grace period of a failed payment does not restart with the next period', async () => {
	const user = world.user();
	const subscription = await subscribe(world, user);
	await world.stripe.control('/switches', { renewals: { after_last_failure: 'leave_past_due' } });
	const advance = (how: object) => world.stripe.control(`/subscriptions/${subscription}/advance`, how);
	await advance({ payments: 'fail' });
	await waitFor(async () => expect((await user.billing()).status).toBe('past_due'));
	expect((await user.billing()).plan).toBe('pro');
	// The next period began a few days ago and was not paid either.
	await advance({ payments: 'fail', seconds: 33 * 86_400 });
	await waitForPlan(user, 'free');
	await world.stripe.control(`/subscriptions/${subscription}/retry`, { payments: 'succeed' });
	await waitForPlan(user, 'pro');
	await advance({ payments: 'fail' });
	await waitFor(async () => expect((await user.billing()).status).toBe('past_due'));
	expect((await user.billing()).plan).toBe('pro');
});

test('metrics count events, refused ones too, and calls to Stripe', async () => {
	const value = async (series: string): Promise<number | undefined> => {
		const text = await (await fetch(`${world.url}/metrics`)).text();
		const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
		return line === undefined ? undefined : Number(line.slice(series.length + 1));
	};
	const counters = [
		'creatorr_stripe_events_total{outcome="new"}',
		'creatorr_stripe_events_total{outcome="refused"}',
		'creatorr_customer_syncs_total{outcome="done"}',
	];
	const count = async () => Promise.all(counters.map(async (series) => (await value(series)) ?? 0));
	const before = await count();
	await subscribe(world, world.user());
	await deliver('{}', 't=1,v1=00');
	await waitFor(async () => {
		const [events = 0, refused = 0, syncs = 0] = (await count()).map(
			(now, index) => now - (before[index] ?? 0),
		);
		expect(events).toBeGreaterThan(0);
		expect(refused).toBe(1);
		expect(syncs).toBeGreaterThan(0);
		expect(await value('creatorr_stripe_events_waiting')).toBe(0);
		expect(await value('creatorr_outbox_events')).toBe(0);
	});
});

describe('a crash:', () => {
	/** Its replicas stop during the test. */
	let world: World;
	let directory: string;
	beforeAll(async () => {
		[world, directory] = await Promise.all([startWorld(), mkdtemp(join(tmpdir(), 'billing-'))]);
	}, 120_000);
	afterAll(async () => {
		await world?.stop();
		await rm(directory, { recursive: true });
	});

	/** Starts the service as a process that kills itself at the first pass of the crash point. */
	async function startCrashing(point: string) {
		const [port, order] = [await freePort(), join(directory, 'order.json')];
		await writeFile(order, JSON.stringify({ id: randomUUID(), point, hit: 1 }));
		const child = spawn(process.execPath, ['--conditions=crash-test', PROGRAM], {
			stdio: 'ignore',
			env: {
				...world.env,
				PORT: String(port),
				HOST: '127.0.0.1',
				LOG_LEVEL: 'error',
				CRASH_ORDER_FILE: order,
			},
		});
		const url = `http://127.0.0.1:${port}`;
		await waitFor(async () => {
			if (!(await fetch(`${url}/health/ready`)).ok) throw new Error('not ready');
		}, 60_000);
		return { url, child };
	}

	async function untilKilled(child: ChildProcess): Promise<void> {
		if (child.signalCode === null) await once(child, 'exit');
		expect(child.signalCode).toBe('SIGKILL');
	}

	test('an event whose process is killed after recording it is applied by the next process', async () => {
		const user = world.user();
		const subscription = await subscribe(world, user);
		await world.stopReplicas();
		const crashing = await startCrashing('billing.event.recorded');
		await world.deliverTo(crashing.url);
		await world.stripe.control('/switches', { webhooks: { paused: true } });
		await world.stripe.api.subscriptions.cancel(subscription);
		// Keeps it from being applied before the process is killed.
		await world.stripe.control('/switches', { api: { down: 'refuse' }, webhooks: { paused: false } });
		await untilKilled(crashing.child);
		await world.stripe.control('/switches', { api: { down: false }, webhooks: { drop: 1 } });
		const waiting = await world.prisma.stripeEvent.findMany({ where: { userId: user.id, appliedAt: null } });
		expect(waiting.map(({ type }) => type)).toEqual(['customer.subscription.deleted']);
		expect(world.planChangesOf(user.id).at(-1)?.plan).toBe('pro');
		const replica = await world.startReplica();
		try {
			await waitFor(() =>
				expect(world.planChangesOf(user.id).at(-1)).toMatchObject({ plan: 'free', version: 2 }),
			);
			await waitForPlan(user.at(replica.url), 'free');
		} finally {
			await replica.stop();
		}
	}, 180_000);
});
