import { inTransaction } from '@creatorr/database/transaction';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import type { CustomerStore } from '../domain/stores.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { lockDue } from './due-customers.ts';
import { CUSTOMER_COLUMNS, lockedCustomer, toSubscription } from './locked-customer.ts';

type Tx = Prisma.TransactionClient;

interface CustomerStoreDeps {
	prisma: PrismaClient;
	/** With connections of its own: each holds a lock while Stripe is asked, and what is quick must not wait for them. */
	locking: PrismaClient;
	/** How long a customer may be waited for and held. */
	timeoutMs?: number;
}

/** For a few calls to Stripe, each with a limit of its own. */
export const HOLD_MS = 60_000;
const FIRST_PAUSE_SECONDS = 0.5;
const LONGEST_PAUSE_SECONDS = 300;

export function createCustomerStore({
	prisma,
	locking,
	timeoutMs = HOLD_MS,
}: CustomerStoreDeps): CustomerStore {
	// Work that waits for the database's lock of a key waits here instead, without a connection.
	const mutex = createKeyedMutex();
	return {
		withCustomer: (userId, work) =>
			mutex.runExclusive(userId, () =>
				inTransaction(
					locking,
					async (tx: Tx) => {
						await tx.customer.createMany({ data: { userId }, skipDuplicates: true });
						await tx.$queryRaw`SELECT 1 FROM customers WHERE user_id = ${userId} FOR UPDATE`;
						return await work(await lockedCustomer(tx, userId));
					},
					{ timeout: timeoutMs },
				),
			),
		withDueCustomer: (due, work) =>
			inTransaction(
				locking,
				async (tx: Tx) => {
					const userId = await lockDue(tx, due);
					if (userId === undefined) return false;
					await work(await lockedCustomer(tx, userId));
					return true;
				},
				{ timeout: timeoutMs },
			),
		async find(userId) {
			const [customer, subscriptions] = await Promise.all([
				prisma.customer.findUnique({ where: { userId }, select: CUSTOMER_COLUMNS }),
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
			// Not before the events that have waited for this attempt, whatever clock they were given their time by.
			await prisma.$executeRaw`
				UPDATE customers SET sync_failures = least(sync_failures + 1, 30),
					failed_at = greatest(now(), (
						SELECT max(received_at) FROM stripe_events WHERE user_id = ${userId} AND applied_at IS NULL)),
					not_before = now() + make_interval(
						secs => least(${LONGEST_PAUSE_SECONDS}::float, ${FIRST_PAUSE_SECONDS}::float * 2 ^ sync_failures))
				WHERE user_id = ${userId}`;
		},
	};
}
