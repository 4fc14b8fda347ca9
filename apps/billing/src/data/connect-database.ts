import { createPrisma } from '@creatorr/database/client';
import { PrismaClient } from '../generated/client.ts';

/** Stripe is asked while the customer is locked, a few times and each within its own bound. */
const ASKING_STRIPE_MS = 60_000;

interface Waiting {
	/** For a customer that somebody else has locked. As long as for any statement, where it is not said. */
	lockWaitMs?: number;
}

/** Two pools: what asks Stripe holds its connection for as long as that takes, and an event must be taken at once. */
export function connectDatabase(databaseUrl: string, poolSize: number, { lockWaitMs }: Waiting = {}) {
	const applicationName = 'creatorr-billing';
	const forStripe = Math.floor((poolSize * 2) / 3);
	return {
		prisma: createPrisma<PrismaClient>(PrismaClient, {
			databaseUrl,
			poolSize: poolSize - forStripe,
			applicationName,
		}),
		locking: createPrisma<PrismaClient>(PrismaClient, {
			databaseUrl,
			poolSize: forStripe,
			applicationName,
			idleInTransactionMs: ASKING_STRIPE_MS,
			...(lockWaitMs === undefined ? {} : { statementTimeoutMs: lockWaitMs }),
		}),
	};
}
