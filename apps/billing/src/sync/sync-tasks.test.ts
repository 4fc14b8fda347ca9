import { createPrisma } from '@creatorr/database/client';
import { startTask } from '@creatorr/service/task';
import { createMigratedDatabase, type TestDatabase } from '@creatorr/testing/database';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Customers, createCustomers, type DueOrder } from '../customers/customers.sql.ts';
import { PrismaClient } from '../generated/client.ts';
import { createStripe } from '../stripe/stripe.ts';
import { type LocalStripe, startLocalStripe } from '../testing/local-stripe.ts';
import { PRISMA_DIRECTORY } from '../testing/world.ts';
import { syncTasks } from './sync-tasks.ts';

let database: TestDatabase;
let stripe: LocalStripe;
let prisma: PrismaClient;
let customers: Customers;
beforeAll(async () => {
	[database, stripe] = await Promise.all([
		createMigratedDatabase(PRISMA_DIRECTORY, () => import('@creatorr/database/migrate')),
		startLocalStripe(),
	]);
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
