import { newEvent, planChanged } from '@creatorr/contracts/events';
import { addToOutbox } from '@creatorr/database/outbox';
import { inTransaction } from '@creatorr/database/transaction';
import { currentRequestId } from '@creatorr/service/context';
import type { Customer } from '../domain/customer.ts';
import type { CustomerStore, LockedCustomer } from '../domain/stores.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';

type Tx = Prisma.TransactionClient;

/** For a few calls to Stripe, each with a limit of its own. */
const TIMEOUT_MS = 60_000;
const FIRST_PAUSE_SECONDS = 0.5;
const LONGEST_PAUSE_SECONDS = 300;

const COLUMNS = {
	userId: true,
	stripeCustomerId: true,
	plan: true,
	planVersion: true,
	checkoutUntil: true,
	deletedAt: true,
} satisfies Prisma.CustomerSelect;

export function createCustomerStore(prisma: PrismaClient): CustomerStore {
	return {
		withCustomer: (userId, work) =>
			inTransaction(
				prisma,
				async (tx: Tx) => {
					await tx.customer.createMany({ data: { userId }, skipDuplicates: true });
					await tx.$queryRaw`SELECT 1 FROM customers WHERE user_id = ${userId} FOR UPDATE`;
					return await work(await lockedCustomer(tx, userId));
				},
				{ timeout: TIMEOUT_MS },
			),
		withDueCustomer: (work) =>
			inTransaction(
				prisma,
				async (tx: Tx) => {
					const userId = await lockDue(tx);
					if (userId === undefined) return false;
					await work(await lockedCustomer(tx, userId));
					return true;
				},
				{ timeout: TIMEOUT_MS },
			),
		async find(userId) {
			const [customer, subscriptions] = await Promise.all([
				prisma.customer.findUnique({ where: { userId }, select: COLUMNS }),
				prisma.subscription.findMany({ where: { userId } }),
			]);
			return customer && { customer, subscriptions: subscriptions.map(toSubscription) };
		},
		async markDeleted(userId) {
			const now = new Date();
			await prisma.customer.upsert({
				where: { userId },
				create: { userId, deletedAt: now, syncAt: now },
				update: { deletedAt: now, syncAt: now, notBefore: null, syncFailures: 0 },
			});
		},
		async postpone(userId) {
			await prisma.$executeRaw`
				UPDATE customers SET sync_failures = least(sync_failures + 1, 30), not_before = now() + make_interval(
					secs => least(${LONGEST_PAUSE_SECONDS}::float, ${FIRST_PAUSE_SECONDS}::float * 2 ^ sync_failures))
				WHERE user_id = ${userId}`;
		},
	};
}

/** Those with events first, as somebody may be waiting for them. */
async function lockDue(tx: Tx): Promise<string | undefined> {
	const rows = await tx.$queryRaw<{ userId: string }[]>`
		SELECT user_id AS "userId" FROM customers
		WHERE coalesce(not_before <= now(), true) AND (
			user_id IN (SELECT user_id FROM stripe_events WHERE applied_at IS NULL AND user_id IS NOT NULL)
			OR sync_at <= now()
		)
		ORDER BY sync_failures, sync_at NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED`;
	return rows[0]?.userId;
}

async function lockedCustomer(tx: Tx, userId: string): Promise<LockedCustomer> {
	const customer = await tx.customer.findUniqueOrThrow({ where: { userId }, select: COLUMNS });
	return {
		customer,
		async setStripeCustomer(stripeCustomerId) {
			await tx.customer.update({ where: { userId }, data: { stripeCustomerId } });
		},
		async setCheckoutUntil(checkoutUntil) {
			await tx.customer.update({ where: { userId }, data: { checkoutUntil, syncAt: new Date() } });
		},
		async waitingEvents() {
			const rows = await tx.stripeEvent.findMany({
				where: { userId, appliedAt: null },
				select: { id: true },
			});
			return rows.map(({ id }) => id);
		},
		async record({ subscriptions, plan, appliedEvents, nextSyncAt }) {
			await replaceSubscriptions(tx, userId, subscriptions);
			await tx.stripeEvent.updateMany({
				where: { id: { in: [...appliedEvents] } },
				data: { appliedAt: new Date() },
			});
			const data = { syncAt: nextSyncAt, syncFailures: 0, notBefore: null };
			await tx.customer.update({ where: { userId }, data });
			if (plan !== customer.plan) await changePlan(tx, customer, plan);
		},
	};
}

async function changePlan(tx: Tx, customer: Customer, plan: Customer['plan']): Promise<void> {
	const { userId } = customer;
	const version = customer.planVersion + 1;
	await tx.customer.update({ where: { userId }, data: { plan, planVersion: version } });
	// The others have forgotten this user, and must not be reminded.
	if (customer.deletedAt) return;
	await addToOutbox(tx, newEvent(planChanged, { user_id: userId, plan, version }, currentRequestId()));
}

async function replaceSubscriptions(
	tx: Tx,
	userId: string,
	subscriptions: readonly Subscription[],
): Promise<void> {
	await tx.subscription.deleteMany({ where: { userId } });
	await tx.subscription.createMany({ data: subscriptions.map((one) => ({ ...one, userId })) });
}

function toSubscription(row: Prisma.SubscriptionGetPayload<object>): Subscription {
	const { userId: _, ...rest } = row;
	return rest as Subscription;
}
