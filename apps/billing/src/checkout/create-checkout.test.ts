import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sessionOf, startWorld, subscribe, type User, type World, waitForPlan } from '../testing/world.ts';

const DAY_SECONDS = 86_400;

let world: World;
beforeAll(async () => {
	world = await startWorld();
}, 120_000);
afterAll(() => world?.stop());
afterEach(() =>
	world.stripe.control('/switches', {
		api: { down: false, drop_responses: 0, delay_ms: 0 },
		webhooks: { paused: false },
		renewals: { after_last_failure: 'cancel' },
	}),
);

async function customersOf(user: User) {
	const all = await world.stripe.api.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
	return all.filter(({ metadata }) => metadata.user_id === user.id);
}

describe('a checkout', () => {
	test('sends the user id to Stripe wherever Stripe returns it', async () => {
		const user = world.user();
		const session = await world.stripe.api.checkout.sessions.retrieve(await user.openCheckout('yearly'));
		expect(session).toMatchObject({ client_reference_id: user.id, mode: 'subscription', status: 'open' });
		const [customer] = await customersOf(user);
		expect(customer).toMatchObject({ id: session.customer, email: `${user.id.toLowerCase()}@example.com` });
		const { session: paid } = await world.stripe.control(`/checkout/sessions/${session.id}/pay`, {});
		const subscription = await world.stripe.api.subscriptions.retrieve(paid.subscription);
		expect(subscription.metadata).toMatchObject({ user_id: user.id });
		await waitForPlan(user, 'pro');
		expect(await user.billing()).toMatchObject({ plan: 'pro', status: 'active', cycle: 'yearly' });
	});

	test('returns to the account page', async () => {
		const id = await world.user().openCheckout('monthly');
		const { success_url, cancel_url } = await world.stripe.api.checkout.sessions.retrieve(id);
		expect(success_url).toBe('http://app.example.com/account?checkout=done');
		expect(cancel_url).toBe('http://app.example.com/account?checkout=canceled');
	});

	test('creates one customer and one page for ten concurrent requests', async () => {
		const user = world.user();
		const responses = await Promise.all(
			Array.from({ length: 10 }, (_, index) => user.checkout('monthly', index % 2)),
		);
		expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
		expect(new Set(responses.map(({ body }) => body.data.url)).size).toBe(1);
		expect(await customersOf(user)).toHaveLength(1);
	});

	test('for the other cycle expires the previous one', async () => {
		const user = world.user();
		const monthly = await user.openCheckout('monthly');
		const yearly = await user.openCheckout('yearly');
		const statusOf = async (id: string) => (await world.stripe.api.checkout.sessions.retrieve(id)).status;
		expect([await statusOf(monthly), await statusOf(yearly)]).toEqual(['expired', 'open']);
	});

	test('is refused to a user on Pro, and the message points to the portal', async () => {
		const user = world.user();
		await subscribe(world, user);
		const { status, body } = await user.checkout('monthly');
		expect([status, body.error.code]).toEqual([409, 'already_subscribed']);
		expect(body.error.message).toContain('/v1/billing/portal');
	});

	test('is refused to a user who has paid, even before the event arrives', async () => {
		const user = world.user();
		await world.stripe.control('/switches', { webhooks: { paused: true } });
		await world.stripe.control(`/checkout/sessions/${await user.openCheckout()}/pay`, {});
		expect((await user.checkout('monthly')).body.error.code).toBe('already_subscribed');
		expect((await user.billing()).plan).toBe('pro');
	});

	test.each([
		['past_due', [{}, { seconds: 8 * DAY_SECONDS }]],
		['unpaid', [{}, {}, {}, {}]],
	])('is refused to a user whose subscription is %s and does not count', async (status, passages) => {
		const user = world.user();
		const subscription = await subscribe(world, user);
		await world.stripe.control('/switches', { renewals: { after_last_failure: 'mark_unpaid' } });
		for (const how of passages) {
			await world.stripe.control(`/subscriptions/${subscription}/advance`, { ...how, payments: 'fail' });
		}
		const response = await user.checkout('yearly');
		expect([response.status, response.body.error.code]).toEqual([409, 'already_subscribed']);
		expect(response.body.error.message).toContain('/v1/billing/portal');
		expect(await user.billing()).toMatchObject({ plan: 'free', status });
		expect((await user.portal()).status).toBe(200);
		const { data } = await world.stripe.api.checkout.sessions.list({ subscription, limit: 10 });
		expect(data.map((session) => session.status)).toEqual(['complete']);
	});

	test('whose card was declined is reused, or its incomplete subscription is canceled', async () => {
		const user = world.user();
		const first = await user.openCheckout('monthly');
		await world.stripe.control(`/checkout/sessions/${first}/pay`, { payments: 'fail' });
		const [customer] = await customersOf(user);
		const left = async () => {
			const { data } = await world.stripe.api.subscriptions.list({
				customer: customer?.id ?? '',
				status: 'all',
			});
			return data.map(({ status }) => status);
		};
		expect([await user.openCheckout('monthly'), await left()]).toEqual([first, ['incomplete']]);
		await user.openCheckout('yearly');
		expect(await left()).toEqual(['incomplete_expired']);
	});

	test('gets a new customer when Stripe has deleted the old one, also repeatedly', async () => {
		const user = world.user();
		for (const others of [0, 1, 2]) {
			await user.openCheckout();
			const made = await customersOf(user);
			expect(made).toHaveLength(1);
			await world.stripe.api.customers.del(made[0]?.id ?? '');
			const row = await world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } });
			expect([row.stripeCustomerId, row.stripeCustomersDeleted]).toEqual([made[0]?.id, others]);
		}
	});

	test('at an outdated price expires the previous one', async () => {
		const { monthly, yearly } = world.stripe.prices;
		const replica = await world.startReplica({ STRIPE_PRICE_MONTHLY: yearly, STRIPE_PRICE_YEARLY: monthly });
		try {
			const user = world.user();
			const before = await user.openCheckout('monthly');
			const after = await user.at(replica.url).openCheckout('monthly');
			const sessions = [before, after].map((id) => world.stripe.api.checkout.sessions.retrieve(id));
			expect((await Promise.all(sessions)).map(({ status }) => status)).toEqual(['expired', 'open']);
		} finally {
			await replica.stop();
		}
	});

	test('requested many times by one user leaves connections for other users', async () => {
		const replica = await world.startReplica({ DATABASE_POOL_SIZE: '12' });
		try {
			await world.stripe.control('/switches', { api: { delay_ms: 200 } });
			const [busy, other] = [world.user().at(replica.url), world.user().at(replica.url)];
			const many = Array.from({ length: 10 }, () => busy.checkout('monthly'));
			expect((await other.checkout('monthly')).status).toBe(200);
			expect((await Promise.all(many)).map(({ status }) => status)).toEqual(Array(10).fill(200));
		} finally {
			await replica.stop();
		}
	}, 120_000);

	test('is refused beyond ten a minute of one user', async () => {
		const replica = await world.startReplica();
		try {
			const [busy, other] = [world.user().at(replica.url), world.user().at(replica.url)];
			const responses = await Promise.all(Array.from({ length: 12 }, () => busy.checkout('monthly')));
			const refused = responses.filter(({ status }) => status === 429);
			expect(refused.map(({ body }) => body.error.code)).toEqual(['rate_limited', 'rate_limited']);
			for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
			expect((await other.checkout('monthly')).status).toBe(200);
		} finally {
			await replica.stop();
		}
	});

	test.each(['unavailable', 'refuse'])(
		'returns 503 with Retry-After while Stripe is down (%s)',
		async (down) => {
			const user = world.user();
			await world.stripe.control('/switches', { api: { down } });
			const { status, headers, body } = await user.checkout('monthly');
			expect([status, body.error.code]).toEqual([503, 'upstream_unavailable']);
			expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
			await world.stripe.control('/switches', { api: { down: false } });
			expect((await user.checkout('monthly')).status).toBe(200);
		},
	);

	test('finds the customer of a request that Stripe never answered', async () => {
		const user = world.user();
		await world.stripe.control('/switches', { api: { drop_responses: 50 } });
		await user.checkout('monthly');
		await world.stripe.control('/switches', { api: { drop_responses: 0 } });
		expect((await user.checkout('monthly')).status).toBe(200);
		expect(await customersOf(user)).toHaveLength(1);
	});

	test('finds the customer by its metadata after Stripe has forgotten the idempotency key', async () => {
		const user = world.user();
		await world.stripe.control('/switches', { api: { drop_responses: 50 } });
		await user.checkout('monthly');
		await world.stripe.control('/switches', { api: { drop_responses: 0 } });
		// With another key, as Stripe has deleted the old one by then.
		const requested = {
			customerRequestedAt: new Date(Date.now() - 25 * 3_600_000),
			stripeCustomersDeleted: 1,
		};
		await world.prisma.customer.update({ where: { userId: user.id }, data: requested });
		expect((await user.checkout('monthly')).status).toBe(200);
		expect(await customersOf(user)).toHaveLength(1);
	});

	test.each([{ cycle: 'weekly' }, {}])('with %j returns a validation error', async (body) => {
		const response = await world.user().call('POST', '/v1/billing/checkout', body);
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'cycle']);
	});
});

describe('the portal', () => {
	test('opens for a subscriber, also after the subscription has ended', async () => {
		const user = world.user();
		const subscription = await subscribe(world, user);
		expect((await user.portal()).body.data.url).toContain(world.stripe.url);
		await world.stripe.api.subscriptions.cancel(subscription);
		await waitForPlan(user, 'free');
		expect((await user.portal()).status).toBe(200);
	});

	test('returns no_subscription when Stripe no longer knows the customer', async () => {
		const user = world.user();
		await subscribe(world, user);
		await world.stripe.control('/switches', { webhooks: { paused: true } });
		await world.stripe.api.customers.del((await customersOf(user))[0]?.id ?? '');
		const { status, body } = await user.portal();
		expect([status, body.error.code]).toEqual([409, 'no_subscription']);
	});

	test.each(['who was never here', 'who opened a checkout and left'])(
		'returns no_subscription for a user %s',
		async (who) => {
			const user = world.user();
			if (who !== 'who was never here') sessionOf((await user.checkout('monthly')).body.data.url);
			const { status, body } = await user.portal();
			expect([status, body.error.code]).toEqual([409, 'no_subscription']);
		},
	);
});

test('GET /v1/usage returns the use of each limit of the plan', async () => {
	const user = world.user();
	const limits = async () => (await user.call('GET', '/v1/usage')).body.data;
	expect(await limits()).toEqual({
		plan: 'free',
		limits: [
			// The lower limit of jobs applies: this user's email is not verified.
			{ name: 'active_jobs', used: 2, limit: 1 },
			{ name: 'queued_jobs', used: 7, limit: 1000 },
			{ name: 'compute_seconds', used: 60, limit: 1_800 },
			{ name: 'stored_bytes', used: 1234, limit: 50_000_000_000 },
			{ name: 'stored_files', used: 2, limit: 10_000 },
		],
	});
	await subscribe(world, user);
	expect(await limits()).toMatchObject({
		plan: 'pro',
		limits: [{}, {}, { limit: 36_000 }, { limit: 500_000_000_000 }, { limit: 50_000 }],
	});
});
