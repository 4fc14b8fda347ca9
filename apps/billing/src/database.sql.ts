import { createPrisma, type DatabaseSettings } from '@creatorr/database/client';
import { openDatabase } from '@creatorr/database/open-database';
import type { ServiceContext } from '@creatorr/service/define-service';
import type { Config } from './config.ts';
import { PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;

/** How long a transaction that locks a customer may take: enough for a few calls to Stripe with their own timeouts. */
export const LOCK_TIMEOUT_MS = 60_000;

/** Share of the connections for calls to Stripe. The others stay free so that events are recorded at once. */
const LOCKING_SHARE = 2 / 3;

/** Opens the pool for queries, and one for transactions that lock a customer while they call Stripe. */
export async function openPools(
	context: ServiceContext<Config>,
): Promise<{ prisma: Database; locking: Database }> {
	const { config } = context;
	const urls = { databaseUrl: config.BILLING_DATABASE_URL, directUrl: config.BILLING_DATABASE_DIRECT_URL };
	const lockingSize = Math.floor(config.DATABASE_POOL_SIZE * LOCKING_SHARE);
	const prisma = await openDatabase<PrismaClient>(context, PrismaClient, {
		...urls,
		directUrlSetting: 'BILLING_DATABASE_DIRECT_URL',
		poolSize: config.DATABASE_POOL_SIZE - lockingSize,
		timeouts: { idleInTransactionMs: LOCK_TIMEOUT_MS },
	});
	const locking = openLockingPool({ ...urls, poolSize: lockingSize });
	context.onClose(() => locking.$disconnect());
	return { prisma, locking };
}

interface LockingOptions extends Pick<DatabaseSettings, 'databaseUrl' | 'directUrl' | 'poolSize'> {
	/** How long to wait for a locked customer; the statement timeout by default. */
	lockWaitMs?: number;
}

/** Opens a pool whose transactions may stay open while Stripe is called. */
export function openLockingPool({ lockWaitMs, ...settings }: LockingOptions): Database {
	return createPrisma<PrismaClient>(PrismaClient, {
		...settings,
		applicationName: 'creatorr-billing',
		idleInTransactionMs: LOCK_TIMEOUT_MS,
		...(lockWaitMs === undefined ? {} : { statementTimeoutMs: lockWaitMs }),
	});
}
