import { fileURLToPath } from 'node:url';
import { createMigratedDatabase } from '@creatorr/testing/database';

export const PRISMA_DIRECTORY = fileURLToPath(new URL('../../prisma', import.meta.url));

/** Creates a database with the schema of the service. */
export const createTestDatabase = () =>
	createMigratedDatabase(PRISMA_DIRECTORY, () => import('@creatorr/database/migrate'));
