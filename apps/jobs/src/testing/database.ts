import { fileURLToPath } from 'node:url';
import { createPrisma } from '@creatorr/database/client';
import { createMigratedDatabase } from '@creatorr/testing/database';
import { PrismaClient } from '../generated/client.ts';

export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

/** Creates a database with the schema of the service, and a client that tests use directly. */
export async function startDatabase() {
	const database = await createMigratedDatabase(PRISMA_DIRECTORY, () => import('@creatorr/database/migrate'));
	const prisma = createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl: database.url,
		poolSize: 10,
		applicationName: 'test',
	});
	return {
		url: database.url,
		prisma,
		async stop() {
			await prisma.$disconnect();
			await database.drop();
		},
	};
}
