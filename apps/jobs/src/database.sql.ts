import { createPrisma } from '@creatorr/database/client';
import { openDatabase } from '@creatorr/database/open-database';
import type { ServiceContext } from '@creatorr/service/define-service';
import type { Config } from './config.ts';
import { type Prisma, PrismaClient } from './generated/client.ts';

/** The database of jobs. */
export type Database = PrismaClient;

/** The client of a transaction. */
export type Tx = Prisma.TransactionClient;

/** Opens the database of the service, with LISTEN. Both close with the service. */
export function openJobsDatabase(context: ServiceContext<Config>): Promise<PrismaClient> {
	const { JOBS_DATABASE_URL, JOBS_DATABASE_DIRECT_URL, DATABASE_POOL_SIZE } = context.config;
	return openDatabase<PrismaClient>(context, PrismaClient, {
		databaseUrl: JOBS_DATABASE_URL,
		directUrl: JOBS_DATABASE_DIRECT_URL,
		directUrlSetting: 'JOBS_DATABASE_DIRECT_URL',
		poolSize: DATABASE_POOL_SIZE,
	});
}

/** Opens one connection for a command. End it with `$disconnect()`. */
export function openCommandDatabase({
	JOBS_DATABASE_URL,
	JOBS_DATABASE_DIRECT_URL,
}: Pick<Config, 'JOBS_DATABASE_URL' | 'JOBS_DATABASE_DIRECT_URL'>): PrismaClient {
	return createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl: JOBS_DATABASE_DIRECT_URL ?? JOBS_DATABASE_URL,
		poolSize: 1,
		applicationName: 'creatorr-jobs-admin',
	});
}
