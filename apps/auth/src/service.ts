import { openDatabase } from '@creatorr/database/open-database';
import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { outboxMetrics, relayOutbox } from '@creatorr/messaging/outbox';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { toAppError } from '@creatorr/service/error-rendering';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { logFormatOf } from '@creatorr/service/logger';
import { collectThreadMetrics } from '@creatorr/service/scrape';
import { deleteMeRoute } from './account-deletion/delete-account.ts';
import { onPlanChanged } from './accounts/plan-changed.ts';
import { getAccountRoute, getMeRoute } from './accounts/read-account.ts';
import { rotateApiKeyRoute, updateApiKeyRoute } from './api-keys/change-api-key.ts';
import { createApiKeyRoute } from './api-keys/create-api-key.ts';
import { getApiKeyRoute, listApiKeyEventsRoute, listApiKeysRoute } from './api-keys/read-api-keys.ts';
import { deleteApiKeyRoute, reportLeakedKeyRoute } from './api-keys/revoke-api-keys.ts';
import { type Config, readConfig } from './config.ts';
import { controlRoutes } from './control/control-service.ts';
import { type ControlThread, startControlThread } from './control/start-control-thread.ts';
import { resendVerificationRoute } from './email-verification/resend-verification.ts';
import { publishMissedVerifications } from './email-verification/verify-email.sql.ts';
import { verifyEmailRoute } from './email-verification/verify-email.ts';
import { pruneGatewayLeases } from './gateway-leases/gateway-leases.sql.ts';
import { propagateMissedChanges } from './gateway-leases/propagate-changes.ts';
import { PrismaClient } from './generated/client.ts';
import { pruneHourlyQuotas } from './mails/hourly-quotas.sql.ts';
import { pruneMailedTokens } from './mails/mailed-tokens.sql.ts';
import { createMailer } from './mails/mailer.ts';
import { waitingMailMetrics } from './mails/mails.sql.ts';
import { sendMailsTask } from './mails/send-mails.ts';
import { onWebhookCreated, onWebhookDisabled, pruneHandledMessages } from './mails/webhook-notices.ts';
import { createRepeatFilter } from './password-check/check-password.ts';
import { createFairQueue } from './password-check/fair-queue.ts';
import { pruneLoginFailures } from './password-check/login-failures.sql.ts';
import { createPasswords, startPasswordThreads } from './password-hashing/password-hashing.ts';
import { changePasswordRoute } from './passwords/change-password.ts';
import { forgotPasswordRoute, resetPasswordRoute } from './passwords/reset-password.ts';
import { pruneRateLimits } from './rate-limits/allocate-quota.sql.ts';
import { registerRoute } from './register/register.ts';
import { createRegistrationThrottle } from './register/registration-throttle.ts';
import { pruneSecurityEvents } from './security-events/security-events.sql.ts';
import { listSessionsRoute } from './sessions/read-sessions.ts';
import { createTokenSigner } from './sessions/session-token.ts';
import { pruneSessions } from './sessions/sessions.sql.ts';
import { deleteSessionRoute, logoutAllRoute, logoutRoute } from './sessions/sign-out.ts';
import { pruneKnownNetworks } from './sign-in/sign-in.sql.ts';
import { loginRoute } from './sign-in/sign-in.ts';
import { loadOrInsertSigningKey, pruneSigningKeys } from './signing-keys/signing-keys.sql.ts';
import { createSigningKeySource, rotateSigningKey } from './signing-keys/signing-keys.ts';

/** Below the 29 s after which a gateway gives up on a service. */
const LONGEST_WAIT_MS = 12_000;
const FULL_QUEUE_RETRY_AFTER_SECONDS = 5;

/** Throws a WrongEncryptionKeyError when the signing key in the database was encrypted with another key. */
async function openSigningKeys({ config, logger }: ServiceContext<Config>, prisma: PrismaClient) {
	const { AUTH_KEY_ENCRYPTION_KEY: encryptionKey, TOKEN_TTL_SECONDS: tokenTtlSeconds } = config;
	const signingKey = createSigningKeySource((make) => loadOrInsertSigningKey(prisma, make), encryptionKey);
	await signingKey().catch((error: unknown) => {
		// Auth also starts while the database is down.
		if (toAppError(error).code !== 'upstream_unavailable') throw error;
		logger.warn('signing_key.load_failed', { error });
	});
	return {
		signingKeyRules: { encryptionKey, tokenTtlSeconds },
		rotationDays: config.SIGNING_KEY_ROTATION_DAYS,
		sessionRules: { tokenTtlSeconds, signToken: createTokenSigner(signingKey) },
	};
}

async function openControl(
	{ config, onClose }: ServiceContext<Config>,
	startControl: typeof startControlThread,
): Promise<ControlThread> {
	const control = await startControl({ config, logFormat: logFormatOf(config) }, (error) => {
		// Uncaught, so that it ends the process, and the supervisor starts another one.
		throw error;
	});
	onClose(() => control.close());
	return control;
}

function openPasswords({ config, onClose }: ServiceContext<Config>) {
	const threads = startPasswordThreads(config.BCRYPT_CONCURRENCY);
	onClose(() => threads.close());
	return {
		passwords: createPasswords(config.BCRYPT_COST, threads),
		ratePassword: threads.rate,
		queue: createFairQueue({
			concurrency: config.BCRYPT_CONCURRENCY,
			maxWaiting: config.BCRYPT_MAX_WAITING,
			maxWaitMs: LONGEST_WAIT_MS,
			retryAfterSeconds: FULL_QUEUE_RETRY_AFTER_SECONDS,
			monotonicMs: () => performance.now(),
		}),
		failuresBeforeLockout: {
			account: config.LOGIN_FAILURES_PER_ACCOUNT,
			network: config.LOGIN_FAILURES_PER_NETWORK,
		},
		isRepeat: createRepeatFilter(),
	};
}

function openMailer({ config, onDrain }: ServiceContext<Config>) {
	const { MAIL_FROM: from, SMTP_URL: smtpUrl, MAIL_DIR: directory } = config;
	const mailer = createMailer({ from, smtpUrl, directory });
	// A mail server that hangs must not delay the shutdown: another process sends the mail again.
	onDrain(() => mailer.close());
	return {
		sendMail: mailer.send,
		appUrl: config.APP_URL,
		mailLimits: { perEmail: config.MAILS_PER_EMAIL, perNetwork: config.MAILS_PER_NETWORK },
		networkMutex: createKeyedMutex(),
	};
}

/** Creates the dependencies of the service. Tests start the control service without a thread. */
export async function connect(context: ServiceContext<Config>, startControl = startControlThread) {
	const { config } = context;
	const prisma = await openDatabase(context, PrismaClient, {
		databaseUrl: config.AUTH_DATABASE_URL,
		directUrl: config.AUTH_DATABASE_DIRECT_URL,
		directUrlSetting: 'AUTH_DATABASE_DIRECT_URL',
		poolSize: config.DATABASE_POOL_SIZE,
	});
	const signing = await openSigningKeys(context, prisma);
	// Opened before everything that drains, and closed after it: gateways keep their leases while this process drains.
	const control = await openControl(context, startControl);
	return {
		...(await openBroker(context, { url: config.AMQP_URL })),
		...signing,
		...openPasswords(context),
		...openMailer(context),
		prisma,
		control,
		propagate: control.propagate,
		apiKeyRules: {
			prefix: config.API_KEY_PREFIX,
			requiresVerifiedEmail: config.API_KEYS_REQUIRE_VERIFIED_EMAIL,
			leakReportsPerHour: config.LEAKED_KEY_REPORTS_PER_NETWORK,
		},
		registrations: createRegistrationThrottle(prisma, config.REGISTRATIONS_PER_NETWORK),
		leaseDatabase: prisma,
		leaseTtlMs: config.GATEWAY_LEASE_MS,
		plans: config.PLANS,
		securityEventsDays: config.SECURITY_EVENT_RETENTION_DAYS,
	};
}

const controlThreadMetrics = {
	start: ({ control }: { control: ControlThread }) => collectThreadMetrics('control', control.readMetrics),
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
	routes: [
		registerRoute,
		loginRoute,
		logoutRoute,
		logoutAllRoute,
		listSessionsRoute,
		deleteSessionRoute,
		changePasswordRoute,
		forgotPasswordRoute,
		resetPasswordRoute,
		verifyEmailRoute,
		resendVerificationRoute,
		getMeRoute,
		deleteMeRoute,
		getAccountRoute,
		createApiKeyRoute,
		listApiKeysRoute,
		getApiKeyRoute,
		updateApiKeyRoute,
		deleteApiKeyRoute,
		rotateApiKeyRoute,
		listApiKeyEventsRoute,
		reportLeakedKeyRoute,
		// For gateways of 0.3.0 during an upgrade. Newer ones call the control port.
		...controlRoutes,
	],
	metrics: [waitingMailMetrics, controlThreadMetrics, outboxMetrics],
	consumers: [onPlanChanged, onWebhookCreated, onWebhookDisabled],
	tasks: [
		relayOutbox,
		sendMailsTask,
		propagateMissedChanges,
		publishMissedVerifications,
		rotateSigningKey,
		pruneLoginFailures,
		pruneSessions,
		pruneKnownNetworks,
		pruneGatewayLeases,
		pruneRateLimits,
		pruneMailedTokens,
		pruneHourlyQuotas,
		pruneHandledMessages,
		pruneSigningKeys,
		pruneSecurityEvents,
	],
});
