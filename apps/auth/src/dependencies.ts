import type { RequestListener } from 'node:http';
import { createPrisma } from '@creatorr/database/client';
import { createNotificationListener } from '@creatorr/database/notifications';
import { OUTBOX_CHANNEL, publishBatch } from '@creatorr/database/outbox';
import { ping } from '@creatorr/database/ping';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { startRelay } from '@creatorr/messaging/relay';
import { createService } from '@creatorr/service/create-service';
import { toAppError } from '@creatorr/service/error-rendering';
import { createIdentitySigner, createIdentityVerifier } from '@creatorr/service/identity';
import type { Logger } from '@creatorr/service/logger';
import { repeat } from '@creatorr/service/repeat';
import type { Config } from './config.ts';
import { consumePlanChanged } from './consumers/plan-changed.ts';
import { createAccountStore } from './data/accounts.ts';
import { createLeaseStore } from './data/gateway-leases.ts';
import * as housekeeping from './data/housekeeping.ts';
import { createFailureStore } from './data/login-failures.ts';
import { createSessionStore } from './data/sessions.ts';
import { createSigningKeyStore } from './data/signing-keys.ts';
import { createBoundedLine } from './domain/bounded-line.ts';
import { createPasswords } from './domain/passwords.ts';
import { settleLeftovers } from './domain/settle-revocations.ts';
import { createSigningKeySource } from './domain/signing-key.ts';
import { createTokenSigner } from './domain/token.ts';
import { createRevocationPusher } from './gateway-client.ts';
import { PrismaClient } from './generated/client.ts';
import { allRoutes } from './routes/all.ts';

const OUTBOX_BATCH_SIZE = 100;
const LEFTOVERS_INTERVAL_MS = 5_000;
const PRUNE_INTERVAL_MS = 60_000;
const FULL_LINE_RETRY_AFTER_SECONDS = 5;

export interface Auth {
	app: RequestListener;
	/** Ends what runs in the background and every connection. */
	close(): Promise<void>;
}

/** Sends what transactions left in the outbox. */
function startOutbox(config: Config, logger: Logger, prisma: PrismaClient, broker: Broker) {
	const publish = createPublisher(broker);
	const relay = startRelay({
		publishBatch: () => publishBatch(prisma, OUTBOX_BATCH_SIZE, publish),
		logger,
	});
	const listener = createNotificationListener({
		databaseUrl: config.AUTH_DATABASE_URL,
		channels: [OUTBOX_CHANNEL],
		onNotification: () => relay.wake(),
		onReconnect: () => relay.wake(),
		onLost: (error) => logger.warn('outbox.listener_lost', { error }),
	});
	return {
		async close() {
			await listener.close();
			await relay.stop();
		},
	};
}

function buildRouteDeps(config: Config, logger: Logger, prisma: PrismaClient) {
	const signingKeys = createSigningKeyStore(prisma);
	const signingKey = createSigningKeySource(signingKeys, config.AUTH_KEY_ENCRYPTION_KEY);
	return {
		logger,
		signingKeys,
		signingKey,
		accounts: createAccountStore(prisma),
		sessions: createSessionStore(prisma),
		failures: createFailureStore(prisma),
		leases: createLeaseStore(prisma),
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		freeFailures: {
			account: config.LOGIN_FAILURES_PER_ACCOUNT,
			address: config.LOGIN_FAILURES_PER_ADDRESS,
		},
		passwords: createPasswords(config.BCRYPT_COST),
		line: createBoundedLine({
			concurrency: config.BCRYPT_CONCURRENCY,
			maxWaiting: config.BCRYPT_MAX_WAITING,
			retryAfterSeconds: FULL_LINE_RETRY_AFTER_SECONDS,
		}),
		sessionRules: {
			tokenTtlSeconds: config.TOKEN_TTL_SECONDS,
			signToken: createTokenSigner(signingKey),
		},
		pushRevocations: createRevocationPusher(createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY)),
		forgetRevocations: (ids: string[]) => housekeeping.forgetRevocations(prisma, ids),
		listUnsettled: () => housekeeping.listUnsettled(prisma),
	};
}

function startHousekeeping(deps: ReturnType<typeof buildRouteDeps>, prisma: PrismaClient) {
	const { logger } = deps;
	const prune = (what: string, run: (prisma: PrismaClient) => Promise<number>) =>
		repeat({ name: `housekeeping.${what}`, intervalMs: PRUNE_INTERVAL_MS, run: () => run(prisma), logger });
	return [
		repeat({
			name: 'housekeeping.leftovers',
			intervalMs: LEFTOVERS_INTERVAL_MS,
			run: () => settleLeftovers(deps),
			logger,
		}),
		prune('failures', housekeeping.pruneFailures),
		prune('sessions', housekeeping.pruneSessions),
		prune('networks', housekeeping.pruneKnownNetworks),
		prune('leases', housekeeping.pruneLeases),
	];
}

/**
 * Builds the whole service on its database and its broker; neither has to answer yet. Throws when the signing key in the
 * database can't be opened with the key of this configuration.
 */
export async function createAuth(config: Config, logger: Logger): Promise<Auth> {
	const prisma = createPrisma(PrismaClient, {
		databaseUrl: config.AUTH_DATABASE_URL,
		poolSize: config.DATABASE_POOL_SIZE,
		applicationName: 'creatorr-auth',
	});
	const deps = buildRouteDeps(config, logger, prisma);
	await deps.signingKey().catch((error: unknown) => {
		if (toAppError(error).code !== 'upstream_unavailable') throw error;
		logger.warn('signing_key.not_loaded_yet', { error });
	});
	const broker = await connectBroker({ url: config.AMQP_URL, name: 'auth', logger });
	const outbox = startOutbox(config, logger, prisma, broker);
	const planChanges = consumePlanChanged(broker, deps);
	const repeating = startHousekeeping(deps, prisma);
	const app = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: allRoutes(deps),
		checks: { postgres: () => ping(prisma), rabbitmq: () => broker.ping() },
	});
	return {
		app,
		async close() {
			await Promise.all([planChanges, ...repeating].map((part) => part.stop()));
			await outbox.close();
			await broker.close();
			await prisma.$disconnect();
		},
	};
}
