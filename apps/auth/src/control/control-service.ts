import { createPrisma } from '@creatorr/database/client';
import { ping } from '@creatorr/database/ping';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { createIdentitySigner } from '@creatorr/service/identity';
import { readConfig } from '../config.ts';
import { createLeaseStore } from '../data/gateway-leases.ts';
import { forgetRevocations } from '../data/housekeeping.ts';
import { createSessionStore } from '../data/sessions.ts';
import { createSigningKeyStore } from '../data/signing-keys.ts';
import { createSettler } from '../domain/settle-revocations.ts';
import { PrismaClient } from '../generated/client.ts';
import { controlRoutes } from '../routes/control.ts';
import { type ControlConfig, controlConfigOf } from './control-config.ts';
import { createRevocationPusher } from './push-revocations.ts';

/** Below the time that a gateway waits for a lease, so that a stuck statement frees its connection for the next attempt. */
const STATEMENT_TIMEOUT_MS = 4_000;
/** Lease renewals have connections of their own: thousands of session checks at once must not delay them. */
const LEASE_CONNECTIONS = 2;
/** Control calls take milliseconds; what is left after this is cut. */
const DRAIN_MS = 1_000;

/** Connects to the database, which doesn't have to answer yet. */
function connect({ config, logger, onClose }: ServiceContext<ControlConfig>) {
	const openPool = (poolSize: number) => {
		const prisma = createPrisma(PrismaClient, {
			databaseUrl: config.databaseUrl,
			poolSize,
			applicationName: 'creatorr-auth-control',
			statementTimeoutMs: STATEMENT_TIMEOUT_MS,
		});
		onClose(() => prisma.$disconnect());
		return prisma;
	};
	const leasing = openPool(LEASE_CONNECTIONS);
	const prisma = openPool(config.poolSize);
	return {
		leasing,
		prisma,
		leases: createLeaseStore(leasing),
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		leaseKeys: createSigningKeyStore(leasing),
		signingKeys: createSigningKeyStore(prisma),
		sessions: createSessionStore(prisma),
		settle: createSettler({
			leases: createLeaseStore(prisma),
			pushRevocations: createRevocationPusher(createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY)),
			forgetRevocations: (ids) => forgetRevocations(prisma, ids),
			logger,
		}),
	};
}

/** What gateways need in order to serve signed-in users, apart from everything that a stranger can ask for. */
export const control = defineService({
	name: 'auth-control',
	readConfig: (environment) => controlConfigOf(readConfig(environment)),
	connect,
	checks: ({ leasing, prisma }) => ({ postgres: () => Promise.all([ping(leasing), ping(prisma)]) }),
	routes: controlRoutes,
	drainMs: () => DRAIN_MS,
});
