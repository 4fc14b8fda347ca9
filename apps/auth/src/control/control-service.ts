import { ping } from '@creatorr/database/ping';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { createIdentitySigner } from '@creatorr/service/identity';
import { checkApiKeyRoute } from '../api-keys/check-api-key.ts';
import { reportFirstUseRoute } from '../api-keys/first-use.ts';
import { reportApiKeyUseRoute } from '../api-keys/report-use.ts';
import { type Config, readConfig } from '../config.ts';
import { openConnections } from '../database.sql.ts';
import { leaseGatewayRoute, releaseLeaseRoute } from '../gateway-leases/lease-gateway.ts';
import { createChangePropagator } from '../gateway-leases/propagate-changes.ts';
import { allocateQuotaRoute } from '../rate-limits/allocate-quota.ts';
import { checkSessionRoute } from '../sessions/read-sessions.ts';
import { getJwksRoute } from '../signing-keys/signing-keys.ts';

/** Below a gateway's timeout for a lease, so that a stuck statement frees its connection for the next attempt. */
const STATEMENT_TIMEOUT_MS = 4_000;
/** Lease renewals have connections of their own: thousands of concurrent session checks must not delay them. */
const LEASE_CONNECTIONS = 2;
/** Control calls take milliseconds. Longer ones are aborted. */
const DRAIN_MS = 1_000;

/** Returns the part of auth's settings that the control service uses. */
export function controlConfigOf(config: Config) {
	const { NODE_ENV, LOG_LEVEL, HOST, CONTROL_PORT: PORT, INTERNAL_KEYS, INTERNAL_PRIVATE_KEY } = config;
	return {
		NODE_ENV,
		LOG_LEVEL,
		HOST,
		PORT,
		INTERNAL_KEYS,
		INTERNAL_PRIVATE_KEY,
		// Bypasses a pooler: control calls would wait there behind public requests, and a pooler in transaction mode refuses the statement
		// timeout.
		databaseUrl: config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL,
		poolSize: config.CONTROL_DATABASE_POOL_SIZE,
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		plans: config.PLANS,
	};
}

export type ControlConfig = ReturnType<typeof controlConfigOf>;

/** Connects lazily, so that the thread starts while the database is down. */
function connect({ config, logger, onClose }: ServiceContext<ControlConfig>) {
	const connectPool = (poolSize: number) => {
		const prisma = openConnections({
			databaseUrl: config.databaseUrl,
			poolSize,
			applicationName: 'creatorr-auth-control',
			statementTimeoutMs: STATEMENT_TIMEOUT_MS,
		});
		onClose(() => prisma.$disconnect());
		return prisma;
	};
	const prisma = connectPool(config.poolSize);
	const sign = createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY);
	return {
		prisma,
		logger,
		leaseDatabase: connectPool(LEASE_CONNECTIONS),
		leaseTtlMs: config.leaseTtlMs,
		plans: config.plans,
		propagate: createChangePropagator({
			prisma,
			sign,
			onFenced: (instance_id, error) => logger.warn('gateway.fenced', { instance_id, error }),
		}),
	};
}

/** The calls that gateways make to serve authenticated requests. */
export const controlRoutes = [
	leaseGatewayRoute,
	releaseLeaseRoute,
	checkSessionRoute,
	checkApiKeyRoute,
	reportFirstUseRoute,
	reportApiKeyUseRoute,
	allocateQuotaRoute,
	getJwksRoute,
] as const;

/** Serves {@link controlRoutes} separately from public routes, with its own database connections. */
export const control = defineService({
	name: 'auth-control',
	readConfig: (environment) => controlConfigOf(readConfig(environment)),
	connect,
	checks: ({ prisma, leaseDatabase }) => ({
		postgres: () => Promise.all([ping(leaseDatabase), ping(prisma)]),
	}),
	routes: controlRoutes,
	drainMs: () => DRAIN_MS,
});
