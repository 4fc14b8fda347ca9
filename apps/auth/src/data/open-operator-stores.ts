import { createPrisma } from '@creatorr/database/client';
import type { AccountKey } from '../domain/account-report.ts';
import type { Operator } from '../domain/security-event.ts';
import { PrismaClient } from '../generated/client.ts';
import { createLeaseStore } from './gateway-leases.ts';
import { forgetRevocations } from './housekeeping.ts';
import { findUserId, readAccount } from './read-account.ts';
import { createSuspensionStore } from './suspensions.ts';

/** What the commands of operators need of the database, beside the service. */
export function openOperatorStores(databaseUrl: string) {
	const prisma = createPrisma(PrismaClient, {
		databaseUrl,
		poolSize: 2,
		applicationName: 'creatorr-auth-admin',
	});
	return {
		suspensions: createSuspensionStore(prisma),
		leases: createLeaseStore(prisma),
		forgetRevocations: (ids: string[]) => forgetRevocations(prisma, ids),
		findUserId: (where: AccountKey) => findUserId(prisma, where),
		readAccount: (where: AccountKey, by: Operator) => readAccount(prisma, where, by),
		close: () => prisma.$disconnect(),
	};
}
