import { createPrisma, type DatabaseSettings } from '@creatorr/database/client';
import { PrismaClient } from '../generated/client.ts';

/** Stripe is asked while the customer is locked, a few times and each within its own bound. */
export const ASKING_STRIPE_MS = 60_000;

interface Connecting extends Pick<DatabaseSettings, 'databaseUrl' | 'directUrl' | 'poolSize'> {
	/** How long to wait for a customer that another transaction has locked; as long as for any statement unless given. */
	lockWaitMs?: number;
}

/** Opens two pools: a call to Stripe holds its connection for as long as it takes, and an event must be recorded at once. */
export function connectDatabase({ poolSize, lockWaitMs, ...urls }: Connecting) {
	const applicationName = 'creatorr-billing';
	const forStripe = Math.floor((poolSize * 2) / 3);
	return {
		prisma: createPrisma<PrismaClient>(PrismaClient, {
			...urls,
			poolSize: poolSize - forStripe,
			applicationName,
		}),
		locking: createPrisma<PrismaClient>(PrismaClient, {
			...urls,
			poolSize: forStripe,
			applicationName,
			idleInTransactionMs: ASKING_STRIPE_MS,
			...(lockWaitMs === undefined ? {} : { statementTimeoutMs: lockWaitMs }),
		}),
	};
}
