import { createPrisma } from '@creatorr/database/client';
import type { SigningKeyStore } from '../domain/signing-key.ts';
import { PrismaClient } from '../generated/client.ts';
import { createSigningKeyStore } from './signing-keys.ts';

/** The keys alone, for a command beside the service. */
export function openSigningKeys(databaseUrl: string): { keys: SigningKeyStore; close(): Promise<void> } {
	const prisma = createPrisma(PrismaClient, {
		databaseUrl,
		poolSize: 1,
		applicationName: 'creatorr-auth-keys',
	});
	return { keys: createSigningKeyStore(prisma), close: () => prisma.$disconnect() };
}
