import type { RequestListener } from 'node:http';
import { createNotificationListener } from '@creatorr/database/notifications';
import { pruneOperatorActions } from '@creatorr/database/operator-actions';
import { OUTBOX_CHANNEL, publishBatch, readOutboxLag } from '@creatorr/database/outbox';
import { ping } from '@creatorr/database/ping';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { startRelay } from '@creatorr/messaging/relay';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import type { Logger } from '@creatorr/service/logger';
import { showEvents } from './billing-metrics.ts';
import { type Config, rulesOf } from './config.ts';
import { consumeAccountDeleted } from './consumers/account-deleted.ts';
import { connectDatabase } from './data/connect-database.ts';
import { createCustomerStore } from './data/customers.ts';
import { readWaitingEvents } from './data/read-waiting-events.ts';
import { createEventStore, pruneEvents, SYNC_CHANNEL } from './data/stripe-events.ts';
import type { CustomerStore } from './domain/stores.ts';
import type { StripePort } from './domain/stripe-port.ts';
import type { PrismaClient } from './generated/client.ts';
import { internalCalls } from './internal-calls.ts';
import { startPruning } from './pruning.ts';
import { createCheckoutRoute } from './routes/create-checkout.ts';
import { getBillingRoute } from './routes/get-billing.ts';
import { getUsageRoute } from './routes/get-usage.ts';
import { openPortalRoute } from './routes/open-portal.ts';
import { receiveStripeEventRoute } from './routes/receive-stripe-event.ts';
import { createStripe } from './stripe/create-stripe.ts';
import { customerOfEvent } from './stripe/event-readers.ts';
import { verifyEvent } from './stripe/verify-event.ts';
import { startSyncLoop } from './sync-loop.ts';

const OUTBOX_BATCH_SIZE = 100;
/** Stripe repeats deliveries for 3 days, and shows events for 30. */
const EVENT_RETENTION_DAYS = 40;

export interface Billing {
	app: RequestListener;
	/** Ends what runs in the background and every connection. */
	close(): Promise<void>;
}

/** Builds the whole service and starts what it does without being asked. Nothing that it needs has to answer yet. */
export async function startBilling(config: Config, logger: Logger): Promise<Billing> {
	const { prisma, locking } = connectDatabase({
		databaseUrl: config.BILLING_DATABASE_URL,
		directUrl: config.BILLING_DATABASE_DIRECT_URL,
		poolSize: config.DATABASE_POOL_SIZE,
	});
	const broker = await connectBroker({ url: config.AMQP_URL, name: 'billing', logger });
	const customers = createCustomerStore({ prisma, locking });
	const shown = showEvents(() => readWaitingEvents(prisma));
	const stripe = stripeOf(config);
	const syncDeps = { stripe, customers, rules: rulesOf(config), now: () => new Date() };
	const sync = startSyncLoop({ ...syncDeps, logger });
	const outbox = startOutbox({ config, logger, prisma, broker, wakeSync: sync.wake });
	const consumer = consumeAccountDeleted({ broker, customers, wakeSync: sync.wake, logger });
	const pruning = startPruning(
		{
			stripe_events: () => pruneEvents(prisma, EVENT_RETENTION_DAYS),
			operator_actions: () => pruneOperatorActions(prisma),
		},
		logger,
	);
	const app = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: [
			createCheckoutRoute({ ...syncDeps, ...internalCalls(config) }),
			openPortalRoute(syncDeps),
			getBillingRoute(syncDeps),
			getUsageRoute({ ...internalCalls(config), plans: config.PLANS, planOf: planReader(customers) }),
			receiveStripeEventRoute({
				verifyEvent: (body, signature) => verifyEvent(body, signature, config.STRIPE_WEBHOOK_SECRET),
				customerOfEvent,
				events: createEventStore(prisma),
				logger,
			}),
		],
		checks: { postgres: () => ping(prisma), rabbitmq: () => broker.ping() },
	});
	return {
		app,
		async close() {
			shown.stop();
			pruning.stop();
			await consumer.stop();
			await sync.stop();
			await outbox.close();
			await broker.close();
			await Promise.all([prisma.$disconnect(), locking.$disconnect()]);
		},
	};
}

function stripeOf(config: Config): StripePort {
	return createStripe({
		secretKey: config.STRIPE_SECRET_KEY,
		apiBase: config.STRIPE_API_BASE,
		prices: { monthly: config.STRIPE_PRICE_MONTHLY, yearly: config.STRIPE_PRICE_YEARLY },
		appUrl: config.APP_URL,
	});
}

function planReader(customers: CustomerStore) {
	return async (userId: string) => (await customers.find(userId))?.customer.plan ?? 'free';
}

/** Sends what transactions left in the outbox, and hears of events that were recorded, here or by another replica. */
function startOutbox(given: {
	config: Config;
	logger: Logger;
	prisma: PrismaClient;
	broker: Broker;
	wakeSync(): void;
}) {
	const { config, logger, prisma, wakeSync } = given;
	const publish = createPublisher(given.broker);
	const relay = startRelay({
		publishBatch: () => publishBatch(prisma, OUTBOX_BATCH_SIZE, publish),
		readLag: () => readOutboxLag(prisma),
		logger,
	});
	const listener = createNotificationListener({
		databaseUrl: config.BILLING_DATABASE_DIRECT_URL ?? config.BILLING_DATABASE_URL,
		channels: [OUTBOX_CHANNEL, SYNC_CHANNEL],
		onNotification: (channel) => (channel === OUTBOX_CHANNEL ? relay.wake() : wakeSync()),
		onReconnect() {
			relay.wake();
			wakeSync();
		},
		onLost: (error) => logger.warn('database.listener_lost', { error }),
	});
	return {
		async close() {
			await listener.close();
			await relay.stop();
		},
	};
}
