import type { RequestListener } from 'node:http';
import { createPrisma } from '@creatorr/database/client';
import { ping } from '@creatorr/database/ping';
import { createService } from '@creatorr/service/create-service';
import { createIdentitySigner, createIdentityVerifier } from '@creatorr/service/identity';
import type { Logger } from '@creatorr/service/logger';
import type { Config } from '../config.ts';
import { createLeaseStore } from '../data/gateway-leases.ts';
import { forgetRevocations } from '../data/housekeeping.ts';
import { createSessionStore } from '../data/sessions.ts';
import { createSigningKeyStore } from '../data/signing-keys.ts';
import { createSettler, type SettleDeps } from '../domain/settle-revocations.ts';
import { PrismaClient } from '../generated/client.ts';
import { controlRoutes } from '../routes/control.ts';
import { createRevocationPusher } from './push-revocations.ts';

/** Below the time that a gateway waits for a lease, so that a stuck statement frees its connection for the next attempt. */
const STATEMENT_TIMEOUT_MS = 4_000;
/** Lease renewals have connections of their own: thousands of session checks at once must not delay them. */
const LEASE_CONNECTIONS = 2;

export type ControlConfig = Pick<
	Config,
	| 'AUTH_DATABASE_URL'
	| 'AUTH_DATABASE_DIRECT_URL'
	| 'CONTROL_DATABASE_POOL_SIZE'
	| 'GATEWAY_LEASE_MS'
	| 'INTERNAL_KEYS'
	| 'INTERNAL_PRIVATE_KEY'
>;

/** What gateways need in order to serve signed-in users, apart from everything that a stranger can ask for. */
export interface ControlService extends SettleDeps {
	app: RequestListener;
	close(): Promise<void>;
}

/**
 * Builds the control service on database connections of its own. They lead past a pooler: in a pooler they would wait behind
 * public requests, and one in transaction mode refuses their statement timeout. The database doesn't have to answer yet.
 */
export function createControlService(config: ControlConfig, logger: Logger): ControlService {
	const connect = (poolSize: number) =>
		createPrisma(PrismaClient, {
			databaseUrl: config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL,
			poolSize,
			applicationName: 'creatorr-auth-control',
			statementTimeoutMs: STATEMENT_TIMEOUT_MS,
		});
	const leasing = connect(LEASE_CONNECTIONS);
	const prisma = connect(config.CONTROL_DATABASE_POOL_SIZE);
	const routes = controlRoutes({
		leases: createLeaseStore(leasing),
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		leaseKeys: createSigningKeyStore(leasing),
		signingKeys: createSigningKeyStore(prisma),
		sessions: createSessionStore(prisma),
	});
	return {
		app: createService({
			logger,
			verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
			routes,
			checks: { postgres: () => Promise.all([ping(leasing), ping(prisma)]) },
		}),
		settle: createSettler({
			leases: createLeaseStore(prisma),
			pushRevocations: createRevocationPusher(createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY)),
			forgetRevocations: (ids) => forgetRevocations(prisma, ids),
			logger,
		}),
		async close() {
			await Promise.all([leasing.$disconnect(), prisma.$disconnect()]);
		},
	};
}
