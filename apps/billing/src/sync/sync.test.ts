import { createPrisma } from '@creatorr/database/client';
import { startTask } from '@creatorr/service/task';
import type { TestDatabase } from '@creatorr/testing/database';
import { silent } from '@creatorr/testing/silent';
import { slice } from '@creatorr/testing/slice';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Customers, createCustomers, type DueOrder } from '../customers/customers.sql.ts';
import { PrismaClient } from '../generated/client.ts';
import { createStripe } from '../stripe/stripe.ts';
import { createTestDatabase } from '../testing/database.ts';
import { type LocalStripe, startLocalStripe } from '../testing/local-stripe.ts';
import { startWorld, subscribe, type User, type World, waitForPlan } from '../testing/world.ts';
import { syncTasks } from './sync-tasks.ts';

const { HISTORIES } = process.env;
const histories = [...Array(Number(HISTORIES ?? 24)).keys()];
/** `HISTORIES` sets the number of histories. Without it, a slice of 24 is played. */
const ROUNDS = HISTORIES === undefined ? slice(histories, 8) : histories;

jest.setTimeout(120_000 + 5_000 * ROUNDS.length);
const SUBSCRIPTION_SYNC_INTERVAL_SECONDS = 1;

describe('subscription histories:', () => {
	const DAY_SECONDS = 86_400;

	let world: World;
	beforeAll(async () => {
		world = await startWorld({
			SUBSCRIPTION_SYNC_INTERVAL_SECONDS: String(SUBSCRIPTION_SYNC_INTERVAL_SECONDS),
		});
	}, 120_000);
	afterAll(() => world?.stop());

	/** Returns a seeded random number generator. */
	function dice(seed: number): () => number {
		let state = seed + 1;
		return () => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			return state / 2 ** 32;
		};
	}

	type Step = (subscription: string) => Promise<unknown>;

	const advance = (how: object) => (id: string) => world.stripe.control(`/subscriptions/${id}/advance`, how);
	const STEPS: Record<string, Step> = {
		renew: advance({ payments: 'succeed' }),
		'fail to renew': advance({ payments: 'fail' }),
		'pay what is owed': (id) => world.stripe.control(`/subscriptions/${id}/retry`, { payments: 'succeed' }),
		'let a week pass': advance({ seconds: 8 * DAY_SECONDS, payments: 'fail' }),
		'let the next period begin unpaid': advance({ seconds: 33 * DAY_SECONDS, payments: 'fail' }),
		'cancel at the end': (id) => world.stripe.api.subscriptions.update(id, { cancel_at_period_end: true }),
		'go on after all': (id) => world.stripe.api.subscriptions.update(id, { cancel_at_period_end: false }),
		cancel: (id) => world.stripe.api.subscriptions.cancel(id),
	};

	/** Computes the plan by the rule in docs/billing.md from the objects of the local Stripe. */
	async function planAtStripe(subscription: string): Promise<'free' | 'pro'> {
		const { status } = await world.stripe.api.subscriptions.retrieve(subscription);
		if (status === 'active' || status === 'trialing') return 'pro';
		if (status !== 'past_due') return 'free';
		const { data: newestFirst } = await world.stripe.api.invoices.list({ subscription, limit: 100 });
		const lastPaid = newestFirst.findIndex((invoice) => invoice.status === 'paid');
		const owed = newestFirst.slice(0, lastPaid).filter((invoice) => invoice.status === 'open');
		const unpaidSince = owed.at(-1)?.created ?? 0;
		return Date.now() / 1000 < unpaidSince + 7 * DAY_SECONDS ? 'pro' : 'free';
	}

	async function playHistory(user: User, random: () => number): Promise<string> {
		const subscription = await subscribe(world, user);
		const names = Object.keys(STEPS).toSorted(() => random() - 0.5);
		for (const name of names) {
			// Impossible steps are skipped.
			await STEPS[name]?.(subscription).catch(() => undefined);
		}
		return subscription;
	}

	async function liveAndCompare(round: number): Promise<void> {
		const random = dice(round);
		const webhooks = { shuffle_ms: 300, copies: 1 + Math.floor(random() * 3), drop: random() * 0.6 };
		const afterLastFailure = ['cancel', 'mark_unpaid', 'leave_past_due'][Math.floor(random() * 3)];
		await world.stripe.control('/switches', { webhooks, renewals: { after_last_failure: afterLastFailure } });
		const user = world.user();
		const subscription = await playHistory(user, random);
		const wanted = await planAtStripe(subscription);
		await waitFor(async () => {
			const { plan } = await user.billing();
			if (plan !== wanted) throw new Error(`life ${round}: billing says ${plan}, Stripe ${wanted}`);
		});
		await waitFor(() => {
			const events = world.planChangesOf(user.id);
			const last = events.toSorted((a, b) => a.version - b.version).at(-1);
			expect({ round, plan: last?.plan }).toEqual({ round, plan: wanted });
			expect(new Set(events.map(({ version }) => version)).size).toBe(events.length);
		});
	}

	test(`${ROUNDS.length} subscription histories with shuffled, repeated and lost events end in Stripe’s state`, async () => {
		const rounds = ROUNDS.values();
		// Some concurrently, so that their events interleave.
		await Promise.all(
			Array.from({ length: 8 }, async () => {
				for (const round of rounds) await liveAndCompare(round);
			}),
		);
	});

	test('a cancellation whose event is lost is found by reconciliation', async () => {
		const user = world.user();
		await world.stripe.control('/switches', { webhooks: { drop: 0, shuffle_ms: 0, copies: 1 } });
		const subscription = await subscribe(world, user);
		await world.stripe.control('/switches', { webhooks: { drop: 1 } });
		await world.stripe.api.subscriptions.cancel(subscription);
		await waitForPlan(user, 'free');
	});

	test('a payment whose event is lost is found by reconciliation', async () => {
		const user = world.user();
		await world.stripe.control('/switches', { webhooks: { drop: 1 } });
		await world.stripe.control(`/checkout/sessions/${await user.openCheckout()}/pay`, {});
		await waitForPlan(user, 'pro');
	});
});

describe('sync tasks:', () => {
	let database: TestDatabase;
	let stripe: LocalStripe;
	let prisma: PrismaClient;
	let customers: Customers;
	beforeAll(async () => {
		[database, stripe] = await Promise.all([createTestDatabase(), startLocalStripe()]);
		const settings = { databaseUrl: database.url, poolSize: 8, applicationName: 'test' };
		prisma = createPrisma<PrismaClient>(PrismaClient, settings);
		customers = createCustomers({ prisma, locking: prisma });
	}, 120_000);
	afterAll(async () => {
		await Promise.all([stripe?.stop(), prisma?.$disconnect()]);
		await database?.drop();
	});
	afterEach(async () => {
		await prisma.stripeEvent.deleteMany();
		await prisma.customer.deleteMany();
	});

	const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

	async function addEvent(userId: string, receivedAt = new Date()): Promise<void> {
		const id = `evt_${userId}_${receivedAt.getTime()}`;
		await prisma.stripeEvent.create({ data: { id, type: 'invoice.paid', payload: {}, userId, receivedAt } });
	}

	const isWaiting = async (userId: string) =>
		(await prisma.stripeEvent.count({ where: { userId, appliedAt: null } })) > 0;

	/** Syncs the first due customer. Resolves to its user. */
	async function serveNext(order: DueOrder): Promise<string | null> {
		let served: string | null = null;
		await customers.withDueCustomer(order, async ({ customer, waitingEvents, recordSync }) => {
			served = customer.userId;
			const appliedEvents = await waitingEvents();
			await recordSync({ subscriptions: [], plan: 'free', appliedEvents, nextSyncAt: null });
		});
		return served;
	}

	const depsWithKey = (secretKey: string) => ({
		stripe: createStripe({
			secretKey,
			apiBase: stripe.url,
			prices: stripe.prices,
			appUrl: 'http://app.example.com',
		}),
		customers,
		rules: { graceMs: 1_000, syncIntervalMs: 1_000 },
		now: () => new Date(),
	});

	test('customers with an event are synced before those due by time, the longest waiting first', async () => {
		for (const [userId, syncAt] of [
			['by_time', secondsAgo(600)],
			['never', null],
			['late_event', secondsAgo(-600)],
			['early_event', null],
		] as const) {
			await prisma.customer.create({ data: { userId, syncAt } });
		}
		await addEvent('late_event', secondsAgo(10));
		await addEvent('early_event', secondsAgo(20));
		const served = [
			await serveNext('events first'),
			await serveNext('events only'),
			await serveNext('events only'),
		];
		expect(served).toEqual(['early_event', 'late_event', null]);
		expect([await serveNext('events first'), await serveNext('events first')]).toEqual(['by_time', null]);
	});

	test('one task syncs customers due by time first, however many events wait', async () => {
		await prisma.customer.create({ data: { userId: 'by_time', syncAt: secondsAgo(1) } });
		await prisma.customer.create({ data: { userId: 'with_event' } });
		await addEvent('with_event', secondsAgo(60));
		expect([await serveNext('time first'), await serveNext('time first')]).toEqual(['by_time', 'with_event']);
	});

	test('after a failure an event waits, and a later one does not', async () => {
		await prisma.customer.create({ data: { userId: 'unlucky', syncAt: secondsAgo(5) } });
		// The event's clock is ahead of the database's.
		await addEvent('unlucky', secondsAgo(-30));
		for (let failure = 0; failure < 10; failure += 1) await customers.postpone('unlucky');
		expect(await serveNext('events first')).toBeNull();
		await addEvent('unlucky', secondsAgo(-31));
		expect(await serveNext('events first')).toBe('unlucky');
		expect(await isWaiting('unlucky')).toBe(false);
	});

	test('a customer whose calls to Stripe hang delays no other', async () => {
		for (const userId of ['slow', 'quick']) {
			const { id } = await stripe.api.customers.create({ metadata: { user_id: userId } });
			await prisma.customer.create({ data: { userId, stripeCustomerId: id } });
		}
		const deps = { ...depsWithKey(stripe.secretKey), logger: silent };
		const tasks = syncTasks.map((task) => startTask(task, { deps, logger: silent }));
		const wakeAll = () => {
			for (const task of tasks) task.wake();
		};
		try {
			await stripe.control('/switches', { api: { delay_ms: 60_000 } });
			await addEvent('slow');
			wakeAll();
			await waitFor(async () => {
				const rows =
					await prisma.$queryRaw`SELECT 1 FROM customers WHERE user_id = 'slow' FOR UPDATE SKIP LOCKED`;
				expect(rows).toEqual([]);
			});
			// Time for all tasks to find nobody and sleep, and for a call to Stripe.
			await new Promise((resolve) => setTimeout(resolve, 500));
			await stripe.control('/switches', { api: { delay_ms: 0 } });
			await addEvent('quick');
			wakeAll();
			await waitFor(async () => expect(await isWaiting('quick')).toBe(false));
			expect(await isWaiting('slow')).toBe(true);
		} finally {
			await Promise.all(tasks.map((task) => task.stop()));
		}
	}, 60_000);

	test('a failed sync is logged with the HTTP status and the request id of Stripe', async () => {
		await prisma.customer.create({ data: { userId: 'refused', stripeCustomerId: 'cus_refused' } });
		await addEvent('refused');
		const warnings: object[] = [];
		const warn = (event: string, fields: object = {}) => warnings.push({ event, ...fields });
		const deps = { ...depsWithKey('sk_test_wrong'), logger: { ...silent, warn } };
		const tasks = syncTasks.map((task) => startTask(task, { deps, logger: silent }));
		try {
			await waitFor(() =>
				expect(warnings).toContainEqual({
					event: 'customer.sync_failed',
					user_id: 'refused',
					stripe_status: 401,
					stripe_request_id: expect.stringMatching(/^req_/),
					error: expect.objectContaining({ code: 'upstream_unavailable' }),
				}),
			);
		} finally {
			await Promise.all(tasks.map((task) => task.stop()));
		}
	});

	test('a subscription at an old price keeps its cycle', async () => {
		const { id: customer } = await stripe.api.customers.create({ metadata: { user_id: 'old' } });
		const session = await stripe.api.checkout.sessions.create({
			mode: 'subscription',
			customer,
			line_items: [{ price: stripe.prices.yearly, quantity: 1 }],
			success_url: 'http://app.example.com/',
		});
		await stripe.control(`/checkout/sessions/${session.id}/pay`, {});
		const port = createStripe({
			secretKey: stripe.secretKey,
			apiBase: stripe.url,
			prices: { monthly: 'price_new_monthly', yearly: 'price_new_yearly' },
			appUrl: 'http://app.example.com',
		});
		expect(await port.listSubscriptions(customer)).toMatchObject([{ status: 'active', cycle: 'yearly' }]);
	});
});
