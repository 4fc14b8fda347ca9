import { createPrisma } from '@creatorr/database/client';
import { openDatabase } from '@creatorr/database/open-database';
import type { ServiceContext } from '@creatorr/service/define-service';
import type { Config } from './config.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';

export type Database = PrismaClient;
/** The client of a transaction. */
export type Tx = Prisma.TransactionClient;

/** Opens the database of the service, with LISTEN. Both close with the service. */
export function openWebhooksDatabase(context: ServiceContext<Config>): Promise<Database> {
	const { WEBHOOKS_DATABASE_URL, WEBHOOKS_DATABASE_DIRECT_URL, DATABASE_POOL_SIZE } = context.config;
	return openDatabase<PrismaClient>(context, PrismaClient, {
		databaseUrl: WEBHOOKS_DATABASE_URL,
		directUrl: WEBHOOKS_DATABASE_DIRECT_URL,
		directUrlSetting: 'WEBHOOKS_DATABASE_DIRECT_URL',
		poolSize: DATABASE_POOL_SIZE,
	});
}

/** Opens the database for an operator's command. */
export function openCommandDatabase({
	WEBHOOKS_DATABASE_URL,
	WEBHOOKS_DATABASE_DIRECT_URL,
}: Pick<Config, 'WEBHOOKS_DATABASE_URL' | 'WEBHOOKS_DATABASE_DIRECT_URL'>): PrismaClient {
	return createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl: WEBHOOKS_DATABASE_DIRECT_URL ?? WEBHOOKS_DATABASE_URL,
		poolSize: 1,
		applicationName: 'creatorr-webhooks-admin',
	});
}
