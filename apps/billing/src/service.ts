import { pruneOperatorActions } from '@creatorr/database/operator-actions';
import { ping } from '@creatorr/database/ping';
import { openBroker } from '@creatorr/messaging/open-broker';
import { outboxMetrics, relayOutbox } from '@creatorr/messaging/outbox';
import { loadConfig } from '@creatorr/service/config';
import { defineService, type ServiceContext } from '@creatorr/service/define-service';
import { defineTask } from '@creatorr/service/task';
import { createCheckoutRoute } from './checkout/create-checkout.ts';
import { openPortalRoute } from './checkout/open-portal.ts';
import { type Config, configSchema, rulesOf } from './config.ts';
import { onAccountDeleted } from './customers/account-deleted.ts';
import { createCustomers } from './customers/customers.sql.ts';
import { type Database, openPools } from './database.sql.ts';
import { internalCalls } from './internal-calls.ts';
import { getBillingRoute } from './plans/get-billing.ts';
import { listPlansRoute } from './plans/list-plans.ts';
import { type PriceCache, refreshPrices } from './plans/plan-prices.ts';
import { createStripe } from './stripe/stripe.ts';
import { syncTasks } from './sync/sync-tasks.ts';
import { getUsageRoute } from './usage/get-usage.ts';
import { receiveStripeEventRoute } from './webhook/receive-stripe-event.ts';
import { pruneStripeEvents, stripeEventMetrics } from './webhook/recorded-events.ts';

const HOUR_MS = 3_600_000;

/** Creates the dependencies of the service. */
async function connect(context: ServiceContext<Config>) {
	const { config, logger } = context;
	const { prisma, locking } = await openPools(context);
	const customers = createCustomers({ prisma, locking });
	return {
		...(await openBroker(context, { url: config.AMQP_URL })),
		...internalCalls(config),
		prisma,
		customers,
		stripe: createStripe({
			secretKey: config.STRIPE_SECRET_KEY,
			apiBase: config.STRIPE_API_BASE,
			prices: { monthly: config.STRIPE_PRICE_MONTHLY, yearly: config.STRIPE_PRICE_YEARLY },
			appUrl: config.APP_URL,
		}),
		webhookSecrets: config.STRIPE_WEBHOOK_SECRET,
		rules: rulesOf(config),
		plans: config.PLANS,
		priceCache: { prices: undefined } as PriceCache,
		now: () => new Date(),
		planOf: customers.planOf,
		wakeSync() {
			for (const task of syncTasks) context.wake(task);
		},
		logger,
	};
}

const pruneActions = defineTask<{ prisma: Database }>({
	name: 'prune_operator_actions',
	everyMs: HOUR_MS,
	run: ({ prisma }) => pruneOperatorActions(prisma),
});

export const billing = defineService({
	name: 'billing',
	readConfig: (environment, onDeprecated) => loadConfig(configSchema, environment, onDeprecated),
	connect,
	checks: ({ prisma, broker }) => ({ postgres: () => ping(prisma), rabbitmq: () => broker.ping() }),
	routes: [
		createCheckoutRoute,
		openPortalRoute,
		getBillingRoute,
		listPlansRoute,
		getUsageRoute,
		receiveStripeEventRoute,
	],
	metrics: [stripeEventMetrics, outboxMetrics],
	consumers: [onAccountDeleted],
	tasks: [relayOutbox, ...syncTasks, refreshPrices, pruneStripeEvents, pruneActions],
});
