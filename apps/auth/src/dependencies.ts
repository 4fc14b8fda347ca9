import type { RequestListener } from 'node:http';
import { createPrisma } from '@creatorr/database/client';
import { publishBatch, readOutboxLag } from '@creatorr/database/outbox';
import { ping } from '@creatorr/database/ping';
import { connectBroker } from '@creatorr/messaging/connection';
import { createService } from '@creatorr/service/create-service';
import { toAppError } from '@creatorr/service/error-rendering';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { type Logger, logFormatOf } from '@creatorr/service/logger';
import { scrapeThread } from '@creatorr/service/scrape';
import { showMails } from './auth-metrics.ts';
import type { Config } from './config.ts';
import { consumePlanChanged } from './consumers/plan-changed.ts';
import { startControlThread } from './control/start-control-thread.ts';
import { createAccountStore } from './data/accounts.ts';
import { createLeaseStore } from './data/gateway-leases.ts';
import * as housekeeping from './data/housekeeping.ts';
import { createFailureStore } from './data/login-failures.ts';
import { createMailStore } from './data/mails.ts';
import { readWaitingMails } from './data/read-waiting-mails.ts';
import { createRegistrationThrottle } from './data/registration-throttle.ts';
import { createSecurityEventStore } from './data/security-events.ts';
import { createSessionStore } from './data/sessions.ts';
import { createSigningKeyStore } from './data/signing-keys.ts';
import { createFairLine } from './domain/fair-line.ts';
import { createPasswords } from './domain/passwords.ts';
import { createOncePerMinute } from './domain/security-event.ts';
import { createSigningKeySource } from './domain/signing-key.ts';
import { createTokenSigner } from './domain/token.ts';
import { PrismaClient } from './generated/client.ts';
import { type PasswordThreads, startPasswordThreads } from './password-threads.ts';
import { allRoutes } from './routes/all.ts';
import { startHousekeeping } from './start-housekeeping.ts';
import { startSending } from './start-sending.ts';

const OUTBOX_BATCH_SIZE = 100;
/** Below the half minute after which a gateway gives up a service that is silent. */
const LONGEST_WAIT_MS = 12_000;
const FULL_LINE_RETRY_AFTER_SECONDS = 5;

export interface Auth {
	app: RequestListener;
	/** The port of the control service, which listens already. */
	controlPort: number;
	/** Ends what runs in the background and every connection. */
	close(): Promise<void>;
}

interface Given {
	config: Config;
	logger: Logger;
	prisma: PrismaClient;
	threads: Pick<PasswordThreads, 'hash' | 'compare' | 'rate'>;
}

function buildKeys({ config, prisma }: Given) {
	const signingKeys = createSigningKeyStore(prisma);
	const { AUTH_KEY_ENCRYPTION_KEY: encryptionKey, TOKEN_TTL_SECONDS: tokenTtlSeconds } = config;
	const signingKey = createSigningKeySource(signingKeys, encryptionKey);
	return {
		signingKeys,
		leaseKeys: signingKeys,
		signingKey,
		encryptionKey,
		tokenTtlSeconds,
		keyDays: config.SIGNING_KEY_DAYS,
		sessionRules: { tokenTtlSeconds, signToken: createTokenSigner(signingKey) },
	};
}

function buildPasswordRules({ config, threads, prisma }: Given) {
	return {
		freeFailures: {
			account: config.LOGIN_FAILURES_PER_ACCOUNT,
			address: config.LOGIN_FAILURES_PER_ADDRESS,
		},
		failures: createFailureStore(prisma),
		passwords: createPasswords(config.BCRYPT_COST, threads),
		ratePassword: threads.rate,
		line: createFairLine({
			concurrency: config.BCRYPT_CONCURRENCY,
			maxWaiting: config.BCRYPT_MAX_WAITING,
			maxWaitMs: LONGEST_WAIT_MS,
			retryAfterSeconds: FULL_LINE_RETRY_AFTER_SECONDS,
		}),
		securityEvents: createSecurityEventStore(prisma),
		isNews: createOncePerMinute(),
	};
}

function buildDeps(given: Given) {
	const { config, logger, prisma } = given;
	const { MAILS_PER_EMAIL: perEmail, MAILS_PER_NETWORK: perNetwork } = config;
	return {
		logger,
		...buildKeys(given),
		...buildPasswordRules(given),
		registrations: createRegistrationThrottle(prisma, config.REGISTRATIONS_PER_NETWORK),
		accounts: createAccountStore(prisma, { perEmail, perNetwork }),
		mails: createMailStore(prisma, { perEmail, perNetwork }),
		sessions: createSessionStore(prisma),
		leases: createLeaseStore(prisma),
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		listUnsettled: () => housekeeping.listUnsettled(prisma),
		publishMissedVerifications: () => housekeeping.publishMissedVerifications(prisma),
		prunings: housekeeping.allPrunings(prisma, { securityEventsDays: config.SECURITY_EVENTS_DAYS }),
	};
}

/** Starts the control thread once the signing key was loaded, or the database found away. Throws when either can't work. */
async function startControl(config: Config, logger: Logger, { signingKey }: ReturnType<typeof buildKeys>) {
	await signingKey().catch((error: unknown) => {
		if (toAppError(error).code !== 'upstream_unavailable') throw error;
		logger.warn('signing_key.not_loaded_yet', { error });
	});
	return await startControlThread({ config, logFormat: logFormatOf(config) }, (error) => {
		// Nobody catches it, so it ends the process, and the supervisor starts another one.
		throw error;
	});
}

/**
 * Builds the whole service on its database and its broker; neither has to answer yet. Throws when the signing key in the
 * database can't be opened with the key of this configuration.
 */
export async function createAuth(config: Config, logger: Logger): Promise<Auth> {
	const prisma = createPrisma(PrismaClient, {
		databaseUrl: config.AUTH_DATABASE_URL,
		directUrl: config.AUTH_DATABASE_DIRECT_URL,
		poolSize: config.DATABASE_POOL_SIZE,
		applicationName: 'creatorr-auth',
	});
	const threads = startPasswordThreads(config.BCRYPT_CONCURRENCY);
	const built = buildDeps({ config, logger, prisma, threads });
	const control = await startControl(config, logger, built).catch(async (error: unknown) => {
		await Promise.all([threads.close(), prisma.$disconnect()]);
		throw error;
	});
	const deps = { ...built, settle: control.settle };
	const broker = await connectBroker({ url: config.AMQP_URL, name: 'auth', logger });
	const shown = [showMails(() => readWaitingMails(prisma)), scrapeThread('control', control.readMetrics)];
	const background = [
		consumePlanChanged(broker, deps),
		startSending({
			config,
			broker,
			publishOutbox: (publish) => publishBatch(prisma, OUTBOX_BATCH_SIZE, publish),
			readOutboxLag: () => readOutboxLag(prisma),
			deps,
		}),
		...startHousekeeping(deps),
	];
	const app = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: allRoutes(deps),
		checks: {
			postgres: () => ping(prisma),
			rabbitmq: () => broker.ping(),
			control: () => control.ping(),
		},
	});
	return {
		app,
		controlPort: control.port,
		async close() {
			await Promise.all(background.map((part) => part.stop()));
			await broker.close();
			await threads.close();
			// Last: gateways keep their leases while this process finishes what it is doing.
			for (const reading of shown) reading.stop();
			await control.close();
			await prisma.$disconnect();
		},
	};
}
