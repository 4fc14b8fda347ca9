import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { outboxMetrics, relayOutbox } from '@creatorr/messaging/outbox';
import { createOutbound } from '@creatorr/outbound/outbound';
import { loadConfig } from '@creatorr/service/config';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { onAccountDeleted } from './accounts/account-deleted.ts';
import { type Config, configSchema } from './config.ts';
import { openWebhooksDatabase } from './database.sql.ts';
import {
	getDeliveryRoute,
	listDeliveriesRoute,
	recoverDeliveriesRoute,
	replayDeliveryRoute,
	testWebhookRoute,
} from './deliveries/delivery-routes.ts';
import type { Deps } from './deps.ts';
import { onAccountSuspended, onAccountUnsuspended, onAccountVerified } from './endpoints/account-events.ts';
import { failUndeliverable } from './endpoints/end-deliveries.sql.ts';
import {
	createWebhookRoute,
	deleteWebhookRoute,
	getWebhookRoute,
	listWebhooksRoute,
	rotateSecretRoute,
	updateWebhookRoute,
} from './endpoints/manage-endpoints.ts';
import { createSecretSealer } from './endpoints/secret.ts';
import { onJobEnded, onKeyLeaked, onPlanChanged } from './events/consume-messages.ts';
import { listEventsRoute } from './events/list-events.ts';
import { internalCalls } from './internal-calls.ts';
import { pruneOldEvents } from './retention/prune.sql.ts';
import { backlogMetrics } from './send/backlog.sql.ts';
import { sendDeliveries } from './send/send-deliveries.ts';
import { createSender } from './send/sender.ts';

const HOUR_MS = 3_600_000;
/** Shorter than the drain of the process. */
const STOP_MS = 5_000;

async function connect(context: ServiceContext<Config>): Promise<Deps> {
	const { config, logger } = context;
	const prisma = await openWebhooksDatabase(context);
	const messaging = await openBroker(context, { url: config.AMQP_URL });
	const outbound = createOutbound({
		policy: {
			allowed: config.OUTBOUND_ALLOWED_NETWORKS,
			blocked: config.OUTBOUND_BLOCKED_NETWORKS,
			allowHttp: config.OUTBOUND_ALLOW_HTTP,
			ownHosts: new Set([new URL(config.APP_URL).host]),
		},
	});
	context.onClose(() => outbound.close());
	const sealer = createSecretSealer(config.WEBHOOK_SECRET_KEYS);
	const sender = createSender({
		prisma,
		logger,
		outbound,
		sealer,
		rules: {
			retryDelaysSeconds: config.WEBHOOK_RETRY_DELAYS_SECONDS,
			disableAfterMs: config.WEBHOOK_DISABLE_AFTER_HOURS * HOUR_MS,
		},
		limits: {
			total: config.WEBHOOK_CONCURRENT_ATTEMPTS,
			perEndpoint: config.WEBHOOK_CONCURRENT_ATTEMPTS_PER_ENDPOINT,
		},
		timeoutMs: config.WEBHOOK_TIMEOUT_SECONDS * 1_000,
		stopMs: STOP_MS,
		userAgent: `creatorr-webhooks (+${config.APP_URL})`,
		wake: () => context.wake(sendDeliveries),
	});
	context.onDrain(() => sender.stop());
	return { ...messaging, ...internalCalls(config), config, prisma, outbound, sealer, sender };
}

export const webhooks = defineService<Config, Deps>({
	name: 'webhooks',
	readConfig: (environment, onDeprecated) => loadConfig(configSchema, environment, onDeprecated),
	connect,
	checks: ({ prisma, broker }) => ({ postgres: () => ping(prisma), rabbitmq: () => broker.ping() }),
	routes: [
		createWebhookRoute,
		listWebhooksRoute,
		getWebhookRoute,
		updateWebhookRoute,
		deleteWebhookRoute,
		rotateSecretRoute,
		testWebhookRoute,
		listDeliveriesRoute,
		getDeliveryRoute,
		replayDeliveryRoute,
		recoverDeliveriesRoute,
		listEventsRoute,
	],
	metrics: [backlogMetrics, outboxMetrics],
	consumers: [
		onJobEnded,
		onKeyLeaked,
		onPlanChanged,
		onAccountVerified,
		onAccountSuspended,
		onAccountUnsuspended,
		onAccountDeleted,
	],
	tasks: [relayOutbox, sendDeliveries, failUndeliverable, pruneOldEvents],
});
