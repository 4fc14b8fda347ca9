import { openLockingPool } from './connect-database.ts';
import { createCustomerStore, HOLD_MS } from './customers.ts';
import { readUser } from './read-for-operators.ts';

const CONNECTIONS = 3;
/** A sync holds its customer while Stripe is slow, and what an operator does may wait for the end of that. */
const LOCK_WAIT_MS = HOLD_MS + 15_000;
const TIMEOUT_MS = LOCK_WAIT_MS + 15_000;

export type OperatorData = ReturnType<typeof openOperatorData>;

/** What the commands of operators do with the database, beside the service. */
export function openOperatorData(databaseUrl: string) {
	const prisma = openLockingPool({ databaseUrl, poolSize: CONNECTIONS, lockWaitMs: LOCK_WAIT_MS });
	return {
		customers: createCustomerStore({ prisma, locking: prisma, timeoutMs: TIMEOUT_MS }),
		readUser: (userId: string, operator: string) => readUser(prisma, userId, operator),
		close: () => prisma.$disconnect(),
	};
}
