import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { call, newPerson, PASSWORD, type Person, SECOND_BASE_URL, signIn } from '../driver/client.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { askStripe, controlStripe, localStripe } from '../driver/local-stripe.ts';
import { makePdf } from '../driver/pdf.ts';
import { eventually } from '../driver/processes.ts';

/** Time within which billing promises to show a change after the webhook's response. */
const SEEN_WITHIN_MS = 1_000;
/** Time for Stripe to create and deliver its events. */
const DELIVERED_WITHIN_MS = 10_000;

const checkout = (person: Person, body: object = { cycle: 'monthly' }) =>
	call('POST', '/v1/billing/checkout', { token: person.token, body });
const billingOf = async (person: Person) =>
	(await call('GET', '/v1/billing', { token: person.token })).body.data;
const planOf = async (person: Person, base?: string) =>
	(await call('GET', '/v1/me', { token: person.token, ...(base ? { base } : {}) })).body.data.plan;

/** Sends the form of Stripe's page, as a browser does. */
async function submit(url: string, fields: Record<string, string>): Promise<Response> {
	return await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

async function pay(url: string): Promise<void> {
	const response = await submit(url, { action: 'pay' });
	expect(response.status).toBe(303);
}

/** Subscribes and waits until the plan is pro; resolves to the subscription's id. */
async function subscribe(person: Person): Promise<string> {
	await pay((await checkout(person)).body.data.url);
	await eventually(async () => (await planOf(person)) === 'pro', DELIVERED_WITHIN_MS, 'not pro');
	const { data } = await askStripe('GET', '/v1/subscriptions?limit=100&status=all');
	return data.find((one: { metadata: { user_id?: string } }) => one.metadata.user_id === person.id).id;
}

describe('POST /v1/billing/checkout', () => {
	test('success: paid on the page, everything shows pro', async () => {
		const person = await newPerson();
		const kept = await uploadFile(person.token, makePdf());
		const tierOf = async (id: string) =>
			(await call('GET', `/v1/files/${id}`, { token: person.token })).body.data;
		const before = await tierOf(kept);
		expect([await planOf(person), before.storage_tier]).toEqual(['free', 'ephemeral']);
		await subscribe(person);
		expect(await planOf(person, SECOND_BASE_URL)).toBe('pro');
		expect(await billingOf(person)).toMatchObject({ plan: 'pro', status: 'active', cycle: 'monthly' });
		const isKeptLonger = async () => {
			const file = await tierOf(kept);
			return file.storage_tier === 'standard' && file.expires_at > before.expires_at;
		};
		await eventually(isKeptLonger, SEEN_WITHIN_MS, 'the file is not kept for longer');
		expect((await checkout(person)).body.error.code).toBe('already_subscribed');
	});

	test('bad input: an unknown billing cycle', async () => {
		const response = await checkout(await newPerson(), { cycle: 'daily' });
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'cycle']);
	});

	test('no token: unauthorized', async () => {
		expect((await call('POST', '/v1/billing/checkout', { body: { cycle: 'monthly' } })).status).toBe(401);
	});

	test('a payment that fails leaves the plan as it was', async () => {
		const person = await newPerson();
		const url = (await checkout(person)).body.data.url;
		expect((await submit(url, { action: 'decline' })).status).toBe(402);
		// Stripe stores the attempt as a subscription, which billing may have read already.
		const { plan, status } = await billingOf(person);
		expect([plan, ['none', 'incomplete'].includes(status)]).toEqual(['free', true]);
		expect(await planOf(person)).toBe('free');
	});
});

describe('POST /v1/billing/portal', () => {
	test('success: the plan is free when the period of a canceled subscription ends', async () => {
		const person = await newPerson();
		const subscription = await subscribe(person);
		const portal = await call('POST', '/v1/billing/portal', { token: person.token });
		expect(portal.status).toBe(200);
		const page = await (await fetch(portal.body.data.url)).text();
		expect(page).toContain('<form');
		await askStripe('POST', `/v1/subscriptions/${subscription}`, { cancel_at_period_end: 'true' });
		const isEnding = async () => (await billingOf(person)).cancel_at_period_end;
		await eventually(isEnding, DELIVERED_WITHIN_MS, 'the cancellation is not seen');
		expect(await planOf(person)).toBe('pro');
		await controlStripe(`/subscriptions/${subscription}/advance`, {});
		await eventually(async () => (await planOf(person)) === 'free', DELIVERED_WITHIN_MS, 'still pro');
		expect(await billingOf(person)).toMatchObject({ plan: 'free', status: 'canceled' });
	});

	test('no token: unauthorized', async () => {
		expect((await call('POST', '/v1/billing/portal')).status).toBe(401);
	});

	test('a user who never subscribed gets no_subscription', async () => {
		const response = await call('POST', '/v1/billing/portal', { token: (await newPerson()).token });
		expect([response.status, response.body.error.code]).toEqual([409, 'no_subscription']);
	});
});

describe('POST /v1/billing/webhook', () => {
	async function deliver(
		payload: string,
		change: { secret?: string; body?: string; ageSeconds?: number } = {},
	) {
		const { webhook_secret } = await localStripe();
		const seconds = Math.floor(Date.now() / 1000) - (change.ageSeconds ?? 0);
		const mac = createHmac('sha256', change.secret ?? webhook_secret).update(`${seconds}.${payload}`);
		return await call('POST', '/v1/billing/webhook', {
			raw: change.body ?? payload,
			headers: {
				'content-type': 'application/json',
				'stripe-signature': `t=${seconds},v1=${mac.digest('hex')}`,
			},
		});
	}
	const event = () =>
		`{\n  "id": "evt_${crypto.randomUUID()}",\n  "object": "event", "type": "charge.refunded",\n  "data": {"object": {}}\n}`;

	test('success: the bytes reach billing as they were signed', async () => {
		expect((await deliver(event())).body).toEqual({ data: { received: true } });
	});

	test.each([
		['bad input: another secret', { secret: 'whsec_other' }],
		['bad input: ten minutes old', { ageSeconds: 600 }],
		['bad input: ten minutes ahead', { ageSeconds: -600 }],
		['bad input: another body', { body: '{"id":"evt_other"}' }],
	])('%s', async (_, change) => {
		const response = await deliver(event(), change);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	test('bad input: no signature', async () => {
		const response = await call('POST', '/v1/billing/webhook', { body: {} });
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});
});

describe('GET /v1/billing', () => {
	test('success: shows no subscription for a new user', async () => {
		const expected = { plan: 'free', status: 'none', cancel_at_period_end: false };
		expect(await billingOf(await newPerson())).toEqual(expected);
	});

	test('no token: unauthorized', async () => {
		expect((await call('GET', '/v1/billing')).status).toBe(401);
	});
});

describe('GET /v1/plans', () => {
	test('success: lists the plans with their limits and prices, without a token', async () => {
		const [free, pro, ...others] = (await call('GET', '/v1/plans')).body.data;
		expect([free.name, pro.name, others]).toEqual(['free', 'pro', []]);
		expect([free.retention_hours, pro.retention_hours]).toEqual([24, 720]);
		expect(free.max_active_jobs).toBe(3);
		for (const limit of [
			'max_stored_bytes',
			'max_files',
			'max_active_jobs',
			'max_queued_jobs',
			'max_input_bytes',
			'max_pages',
		])
			expect(pro[limit]).toBeGreaterThanOrEqual(free[limit]);
		// those of the local Stripe
		const usd = (amount: number) => ({ amount, currency: 'USD' });
		expect([free.prices, pro.prices]).toEqual([undefined, { monthly: usd(900), yearly: usd(9_000) }]);
	});
});

describe('GET /v1/usage', () => {
	test('success: shows the use of each limit', async () => {
		const person = await newPerson();
		const pdf = makePdf();
		await startJob(person.token, await uploadFile(person.token, pdf));
		const { plan, limits } = (await call('GET', '/v1/usage', { token: person.token })).body.data;
		expect(plan).toBe('free');
		const byName = Object.fromEntries(limits.map((one: { name: string }) => [one.name, one]));
		expect(Object.keys(byName)).toEqual([
			...['active_jobs', 'queued_jobs', 'compute_seconds', 'stored_bytes', 'stored_files'],
		]);
		expect(byName.stored_files.limit).toBe(10_000);
		expect(byName.stored_files.used).toBeGreaterThanOrEqual(1);
		expect(byName.stored_bytes.used).toBeGreaterThanOrEqual(pdf.length);
		expect(byName.active_jobs.limit).toBe(3);
	});

	test('no token: unauthorized', async () => {
		expect((await call('GET', '/v1/usage')).status).toBe(401);
	});
});

test('a deleted account pays no more', async () => {
	const person = await newPerson();
	const subscription = await subscribe(person);
	await call('DELETE', '/v1/me', { token: person.token, body: { password: PASSWORD } });
	const isCanceled = async () =>
		(await askStripe('GET', `/v1/subscriptions/${subscription}`)).status === 'canceled';
	await eventually(isCanceled, DELIVERED_WITHIN_MS, 'it still pays');
	await expect(signIn(person.email)).rejects.toThrow('401');
});
