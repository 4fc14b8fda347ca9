import { createPrisma, type DatabaseSettings } from '@creatorr/database/client';
import { type Prisma, PrismaClient } from './generated/client.ts';

/** The database of auth. */
export type Database = PrismaClient;

/** A transaction. Functions that take one also accept a {@link Database}, for statements that need no transaction. */
export type Tx = Prisma.TransactionClient;

/** Opens connections besides those of the service. End them with `$disconnect()`. */
export function openConnections(settings: Omit<DatabaseSettings, 'directUrl'>): Database {
	return createPrisma(PrismaClient, settings);
}
