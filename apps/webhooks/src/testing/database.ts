import { fileURLToPath } from 'node:url';
import { createPrisma } from '@creatorr/database/client';
import { createMigratedDatabase } from '@creatorr/testing/database';
import { PrismaClient } from '../generated/client.ts';

export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

/** Creates a database with the schema of the service, and a client that tests use directly. */
export async function startDatabase() {
	const { url, drop } = await createMigratedDatabase(
		PRISMA_DIRECTORY,
		() => import('@creatorr/database/migrate'),
	);
	/** Creates another client with so many connections. */
	const createClient = (poolSize: number) =>
		createPrisma<PrismaClient>(PrismaClient, { databaseUrl: url, poolSize, applicationName: 'test' });
	const prisma = createClient(5);
	return {
		url,
		prisma,
		createClient,
		async stop() {
			await prisma.$disconnect();
			await drop();
		},
	};
}
