import { pruneOperatorActions } from '@creatorr/database/operator-actions';
import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { outboxMetrics, relayOutbox } from '@creatorr/messaging/outbox';
import { loadConfig } from '@creatorr/service/config';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { defineTask } from '@creatorr/service/task';
import { stripeEventMetrics } from './billing-metrics.ts';
import { type Config, configSchema, rulesOf } from './config.ts';
import { onAccountDeleted } from './consumers/account-deleted.ts';
import { openPools } from './data/connect-database.ts';
import { createCustomerStore } from './data/customers.ts';
import { createEventStore, pruneEvents } from './data/stripe-events.ts';
import type { PrismaClient } from './generated/client.ts';
import { internalCalls } from './internal-calls.ts';
import { createCheckoutRoute } from './routes/create-checkout.ts';
import { getBillingRoute } from './routes/get-billing.ts';
import { getUsageRoute } from './routes/get-usage.ts';
import { openPortalRoute } from './routes/open-portal.ts';
import { receiveStripeEventRoute } from './routes/receive-stripe-event.ts';
import { createStripe } from './stripe/create-stripe.ts';
import { customerOfEvent } from './stripe/event-readers.ts';
import { verifyEvent } from './stripe/verify-event.ts';
import { syncTasks } from './sync-tasks.ts';

const HOUR_MS = 3_600_000;
/** Stripe repeats deliveries for 3 days, and shows events for 30. */
const EVENT_RETENTION_DAYS = 40;

/** Everything that billing works with. */
async function connect(context: ServiceContext<Config>) {
	const { config, logger } = context;
	const { prisma, locking } = await openPools(context);
	const customers = createCustomerStore({ prisma, locking });
	return {
		...(await openBroker(context, { url: config.AMQP_URL })),
		...internalCalls(config),
		prisma,
		customers,
		events: createEventStore(prisma),
		stripe: createStripe({
			secretKey: config.STRIPE_SECRET_KEY,
			apiBase: config.STRIPE_API_BASE,
			prices: { monthly: config.STRIPE_PRICE_MONTHLY, yearly: config.STRIPE_PRICE_YEARLY },
			appUrl: config.APP_URL,
		}),
		rules: rulesOf(config),
		plans: config.PLANS,
		now: () => new Date(),
		planOf: async (userId: string) => (await customers.find(userId))?.customer.plan ?? ('free' as const),
		verifyEvent: (body: Buffer, signature: string | undefined) =>
			verifyEvent(body, signature, config.STRIPE_WEBHOOK_SECRET),
		customerOfEvent,
		wakeSync() {
			for (const task of syncTasks) context.wake(task);
		},
		logger,
	};
}

const pruneStripeEvents = defineTask<{ prisma: PrismaClient }>({
	name: 'prune_stripe_events',
	everyMs: HOUR_MS,
	run: ({ prisma }) => pruneEvents(prisma, EVENT_RETENTION_DAYS),
});

const pruneActions = defineTask<{ prisma: PrismaClient }>({
	name: 'prune_operator_actions',
	everyMs: HOUR_MS,
	run: ({ prisma }) => pruneOperatorActions(prisma),
});

export const billing = defineService({
	name: 'billing',
	readConfig: (environment) => loadConfig(configSchema, environment),
	connect,
	checks: ({ prisma, broker }) => ({ postgres: () => ping(prisma), rabbitmq: () => broker.ping() }),
	routes: [createCheckoutRoute, openPortalRoute, getBillingRoute, getUsageRoute, receiveStripeEventRoute],
	metrics: [stripeEventMetrics, outboxMetrics],
	consumers: [onAccountDeleted],
	tasks: [relayOutbox, ...syncTasks, pruneStripeEvents, pruneActions],
});
