import { openDatabase } from '@creatorr/database/open-database';
import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { outboxMetrics, relayOutbox } from '@creatorr/messaging/outbox';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { toAppError } from '@creatorr/service/error-rendering';
import { logFormatOf } from '@creatorr/service/logger';
import { scrapeThread } from '@creatorr/service/scrape';
import { waitingMailMetrics } from './auth-metrics.ts';
import { type Config, readConfig } from './config.ts';
import { onPlanChanged } from './consumers/plan-changed.ts';
import { type ControlThread, startControlThread } from './control/start-control-thread.ts';
import { createAccountStore } from './data/accounts.ts';
import { createLeaseStore } from './data/gateway-leases.ts';
import { createFailureStore } from './data/login-failures.ts';
import { createMailStore } from './data/mails.ts';
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
import { createMailer } from './mailer.ts';
import { startPasswordThreads } from './password-threads.ts';
import { routes } from './routes/all.ts';
import { tasks } from './tasks.ts';

/** Below the half minute after which a gateway gives up a service that is silent. */
const LONGEST_WAIT_MS = 12_000;
const FULL_LINE_RETRY_AFTER_SECONDS = 5;

function signingKeysOf(config: Config, prisma: PrismaClient) {
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

function openPasswords({ config, onClose }: ServiceContext<Config>, prisma: PrismaClient) {
	const threads = startPasswordThreads(config.BCRYPT_CONCURRENCY);
	onClose(() => threads.close());
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

function openMails({ config, onDrain }: ServiceContext<Config>, prisma: PrismaClient) {
	const mailer = createMailer({
		from: config.MAIL_FROM,
		smtpUrl: config.SMTP_URL,
		directory: config.MAIL_DIR,
	});
	// A server that hangs must not hold up the shutdown: the mail is sent again by another process.
	onDrain(() => mailer.close());
	const limits = { perEmail: config.MAILS_PER_EMAIL, perNetwork: config.MAILS_PER_NETWORK };
	return {
		mails: createMailStore(prisma, limits),
		accounts: createAccountStore(prisma, limits),
		sendMail: mailer.send,
		appUrl: config.APP_URL,
	};
}

/** Loads the signing key, unless the database is away. Throws when the database's key can't be opened with this configuration. */
async function checkSigningKey({ logger }: ServiceContext<Config>, signingKey: () => Promise<unknown>) {
	await signingKey().catch((error: unknown) => {
		if (toAppError(error).code !== 'upstream_unavailable') throw error;
		logger.warn('signing_key.not_loaded_yet', { error });
	});
}

async function openControl({ config, onClose }: ServiceContext<Config>): Promise<ControlThread> {
	const control = await startControlThread({ config, logFormat: logFormatOf(config) }, (error) => {
		// Nobody catches it, so it ends the process, and the supervisor starts another one.
		throw error;
	});
	onClose(() => control.close());
	return control;
}

/** Opens everything that auth works with. */
async function connect(context: ServiceContext<Config>) {
	const { config, logger } = context;
	const prisma = await openDatabase(context, PrismaClient, {
		databaseUrl: config.AUTH_DATABASE_URL,
		directUrl: config.AUTH_DATABASE_DIRECT_URL,
		directUrlSetting: 'AUTH_DATABASE_DIRECT_URL',
		poolSize: config.DATABASE_POOL_SIZE,
	});
	const keys = signingKeysOf(config, prisma);
	await checkSigningKey(context, keys.signingKey);
	// Before all other parts, and so closed after them: gateways keep their leases while this process finishes what it is doing.
	const control = await openControl(context);
	return {
		...(await openBroker(context, { url: config.AMQP_URL })),
		...keys,
		...openPasswords(context, prisma),
		...openMails(context, prisma),
		prisma,
		control,
		settle: control.settle,
		registrations: createRegistrationThrottle(prisma, config.REGISTRATIONS_PER_NETWORK),
		sessions: createSessionStore(prisma),
		leases: createLeaseStore(prisma),
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		securityEventsDays: config.SECURITY_EVENTS_DAYS,
		logger,
	};
}

const controlThreadMetrics = {
	start: ({ control }: { control: ControlThread }) => scrapeThread('control', control.readMetrics),
};

export const auth = defineService({
	name: 'auth',
	readConfig,
	connect,
	checks: ({ prisma, broker, control }) => ({
		postgres: () => ping(prisma),
		rabbitmq: () => broker.ping(),
		control: () => control.ping(),
	}),
	routes,
	metrics: [waitingMailMetrics, controlThreadMetrics, outboxMetrics],
	consumers: [onPlanChanged],
	tasks: [relayOutbox, ...tasks],
});
