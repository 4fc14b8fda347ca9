import type { Plan } from '@creatorr/contracts/plans';
import { inTransaction } from '@creatorr/database/transaction';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { type Database, LOCK_TIMEOUT_MS } from '../database.sql.ts';
import { Prisma } from '../generated/client.ts';
import type { Customer, Subscription } from './customer.ts';
import {
	CUSTOMER_COLUMNS,
	type LockedCustomer,
	openLockedCustomer,
	toSubscription,
} from './locked-customer.sql.ts';

type Tx = Prisma.TransactionClient;

/** Which due customers a task syncs, and which of them first. For those with an event, a user may be waiting. */
export type DueOrder = 'events only' | 'events first' | 'time first';

interface CustomersOptions {
	prisma: Database;
	/** Has its own connections: each holds a lock during a call to Stripe, and short queries must not wait for them. */
	locking: Database;
	/** Timeout of a transaction that locks a customer, including the wait for the lock. */
	timeoutMs?: number;
}

export type Customers = ReturnType<typeof createCustomers>;

const FIRST_BACKOFF_SECONDS = 0.5;
const MAX_BACKOFF_SECONDS = 300;

/** Returns the operations on customers, among them the locks under which Stripe is called. */
export function createCustomers({ prisma, locking, timeoutMs = LOCK_TIMEOUT_MS }: CustomersOptions) {
	// Calls that wait for a user's lock wait here, without a connection.
	const mutex = createKeyedMutex();
	return {
		/**
		 * Locks the customer of a user while `work` runs, and creates a missing row. Meanwhile no other checkout, sync or grant of the user runs.
		 */
		withCustomer: <T>(userId: string, work: (locked: LockedCustomer) => Promise<T>): Promise<T> =>
			mutex.runExclusive(userId, () =>
				inTransaction(
					locking,
					async (tx: Tx) => {
						await tx.customer.createMany({ data: { userId }, skipDuplicates: true });
						await tx.$queryRaw`SELECT 1 FROM customers WHERE user_id = ${userId} FOR UPDATE`;
						return await work(await openLockedCustomer(tx, userId));
					},
					{ timeout: timeoutMs },
				),
			),
		/** Like `withCustomer`, for a due customer that is not locked. Resolves to false if there is none. */
		async withDueCustomer(
			order: DueOrder,
			work: (locked: LockedCustomer) => Promise<void>,
		): Promise<boolean> {
			if (!(await mayAnyBeDue(locking))) return false;
			return await inTransaction(
				locking,
				async (tx: Tx) => {
					const userId = await lockDueCustomer(tx, order);
					if (userId === undefined) return false;
					await work(await openLockedCustomer(tx, userId));
					return true;
				},
				{ timeout: timeoutMs },
			);
		},
		/** Returns the plan of a user: `free` without a row. */
		async planOf(userId: string): Promise<Plan> {
			const row = await prisma.customer.findUnique({ where: { userId }, select: { plan: true } });
			return row?.plan ?? 'free';
		},
		/** Resolves to null for a user without a row. */
		async find(userId: string): Promise<{ customer: Customer; subscriptions: Subscription[] } | null> {
			const [customer, subscriptions] = await Promise.all([
				prisma.customer.findUnique({ where: { userId }, select: CUSTOMER_COLUMNS }),
				prisma.subscription.findMany({ where: { userId } }),
			]);
			return customer && { customer, subscriptions: subscriptions.map(toSubscription) };
		},
		/** Marks the account as deleted, and makes the customer due: the next sync erases it in Stripe. */
		async markDeleted(userId: string): Promise<void> {
			const now = new Date();
			await prisma.customer.upsert({
				where: { userId },
				create: { userId, deletedAt: now, syncAt: now },
				update: { deletedAt: now, syncAt: now, notBefore: null, syncFailures: 0 },
			});
		},
		/** Delays the next sync, longer after each failure, unless a new event comes. */
		async postpone(userId: string): Promise<void> {
			// Events that waited for this sync don't skip the backoff. Their times are by another clock, which may be ahead.
			await prisma.$executeRaw`
				UPDATE customers SET sync_failures = least(sync_failures + 1, 30),
					failed_at = greatest(now(), (
						SELECT max(received_at) FROM stripe_events WHERE user_id = ${userId} AND applied_at IS NULL)),
					not_before = now() + make_interval(
						secs => least(${MAX_BACKOFF_SECONDS}::float, ${FIRST_BACKOFF_SECONDS}::float * 2 ^ sync_failures))
				WHERE user_id = ${userId}`;
		},
	};
}

/** Customers that are due by time, unless a failure postponed them. */
const IS_DUE_BY_TIME = Prisma.sql`sync_at <= now() AND coalesce(not_before <= now(), true)`;
/** Events that no sync of their user has applied yet. */
const IS_WAITING = Prisma.sql`applied_at IS NULL AND user_id IS NOT NULL`;

/**
 * Returns whether a customer may be due; {@link lockDueCustomer} decides. Most of the frequent checks find none, and one statement costs
 * less than a transaction.
 */
async function mayAnyBeDue(prisma: Database): Promise<boolean> {
	const [row] = await prisma.$queryRaw<{ mayAnyBeDue: boolean }[]>`
		SELECT EXISTS (SELECT FROM customers WHERE ${IS_DUE_BY_TIME})
			OR EXISTS (SELECT FROM stripe_events WHERE ${IS_WAITING}) AS "mayAnyBeDue"`;
	return row?.mayAnyBeDue ?? false;
}

/** Locks a due customer that no transaction has locked. */
async function lockDueCustomer(tx: Tx, order: DueOrder): Promise<string | undefined> {
	switch (order) {
		case 'events only':
			return await lockWithEvent(tx);
		case 'events first':
			return (await lockWithEvent(tx)) ?? (await lockByTime(tx));
		case 'time first':
			return (await lockByTime(tx)) ?? (await lockWithEvent(tx));
	}
}

/** Locks a customer with a waiting event. An event after the last failure skips the backoff: Stripe may be back. */
async function lockWithEvent(tx: Tx): Promise<string | undefined> {
	const rows = await tx.$queryRaw<{ userId: string }[]>`
		SELECT customers.user_id AS "userId" FROM customers JOIN (
			SELECT user_id, min(received_at) AS oldest, max(received_at) AS newest FROM stripe_events
			WHERE ${IS_WAITING} GROUP BY user_id
		) AS waiting USING (user_id)
		WHERE coalesce(not_before <= now(), true) OR newest > failed_at
		ORDER BY sync_failures, oldest LIMIT 1 FOR UPDATE OF customers SKIP LOCKED`;
	return rows[0]?.userId;
}

async function lockByTime(tx: Tx): Promise<string | undefined> {
	const rows = await tx.$queryRaw<{ userId: string }[]>`
		SELECT user_id AS "userId" FROM customers
		WHERE ${IS_DUE_BY_TIME}
		ORDER BY sync_failures, sync_at LIMIT 1 FOR UPDATE SKIP LOCKED`;
	return rows[0]?.userId;
}
