import { createPrisma, type DatabaseSettings } from '@creatorr/database/client';
import { type Prisma, PrismaClient } from './generated/client.ts';

/** The database of auth. */
export type Database = PrismaClient;

/** A transaction of it. Functions that take one also take a {@link Database}, for statements that need no transaction. */
export type Transaction = Prisma.TransactionClient;

/** Opens connections beside those of the service; end them with `$disconnect()`. */
export function openConnections(settings: Omit<DatabaseSettings, 'directUrl'>): Database {
	return createPrisma(PrismaClient, settings);
}
