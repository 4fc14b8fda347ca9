import { setTimeout as sleep } from 'node:timers/promises';
import { type EventOf, planChanged } from '@creatorr/contracts/events';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { createPrisma } from '@creatorr/database/client';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { createPublisher } from '@creatorr/messaging/publisher';
import { QUEUES } from '@creatorr/messaging/topology';
import { startService } from '@creatorr/service/define-service';
import { silent } from '@creatorr/testing/silent';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { waitFor } from '@creatorr/testing/wait-for';
import { PrismaClient } from '../generated/client.ts';
import { billing } from '../service.ts';
import { createTestDatabase } from './database.ts';
import { startFakeServices } from './fake-services.ts';
import { makeIdentities } from './identities.ts';
import { startLocalStripe } from './local-stripe.ts';
import { startWebhookRelay } from './webhook-relay.ts';

export type World = Awaited<ReturnType<typeof startWorld>>;

async function startReplica(env: Record<string, string>) {
	const { port, stop } = await startService(billing, { config: billing.readConfig(env), logger: silent });
	const url = `http://127.0.0.1:${port}`;
	const assertReady = async () => {
		const ready = await fetch(`${url}/health/ready`);
		if (!ready.ok) throw new Error(await ready.text());
	};
	// RabbitMQ is slow while other suites use the machine.
	await waitFor(assertReady, 25_000);
	return { url, stop };
}

/** Publishes messages as other services do, and consumes the plan changes that they receive. */
async function connectAsOtherServices(amqpUrl: string) {
	const broker = await connectBroker({ url: amqpUrl, name: 'test', logger: silent });
	const changes: EventOf<typeof planChanged>['data'][] = [];
	const consumer = startConsumer(broker, {
		queue: QUEUES.authPlanChanged,
		definition: planChanged,
		prefetch: 100,
		logger: silent,
		async handle({ data }) {
			changes.push(data);
		},
	});
	return {
		publish: createPublisher(broker),
		planChangesOf: (userId: string) => changes.filter((change) => change.user_id === userId),
		async stop() {
			await consumer.stop();
			await broker.close();
		},
	};
}

/** Starts two replicas on a new database and virtual host, and a Stripe that delivers to both in turn. */
export async function startWorld(overrides: Record<string, string> = {}) {
	const identities = makeIdentities();
	const [database, host, services, stripe] = await Promise.all([
		createTestDatabase(),
		createVirtualHost(),
		startFakeServices(identities.keySet),
		startLocalStripe(),
	]);
	const env = {
		NODE_ENV: 'test',
		PORT: '0',
		INTERNAL_PRIVATE_KEY: identities.privateKey,
		INTERNAL_KEYS: identities.keySet,
		BILLING_DATABASE_URL: database.url,
		AMQP_URL: host.url,
		AUTH_URL: services.url,
		FILES_URL: services.url,
		JOBS_URL: services.url,
		APP_URL: 'http://app.example.com',
		STRIPE_SECRET_KEY: stripe.secretKey,
		STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
		STRIPE_PRICE_MONTHLY: stripe.prices.monthly,
		STRIPE_PRICE_YEARLY: stripe.prices.yearly,
		STRIPE_API_BASE: stripe.url,
		...overrides,
	};
	const replicas = [await startReplica(env), await startReplica(env)];
	const relay = await startWebhookRelay(
		replicas.map(({ url }) => url),
		() => identities.signAsGateway(),
	);
	const relays = [relay];
	await stripe.control('/switches', { webhooks: { url: relay.url } });
	const others = await connectAsOtherServices(host.url);
	const prisma = createPrisma<PrismaClient>(PrismaClient, {
		databaseUrl: database.url,
		poolSize: 5,
		applicationName: 'test',
	});
	return {
		stripe,
		publish: others.publish,
		planChangesOf: others.planChangesOf,
		/** The service's database. */
		prisma,
		url: replicas[0]?.url ?? '',
		webhookUrl: relay.url,
		user: () =>
			createUser(
				replicas.map(({ url }) => url),
				identities.signAsGateway,
			),
		/** Sets another delivery address in Stripe, as that of the gateway. */
		async deliverTo(url: string) {
			const other = await startWebhookRelay([url], () => identities.signAsGateway());
			relays.push(other);
			await stripe.control('/switches', { webhooks: { url: other.url } });
		},
		startReplica: (more: Record<string, string> = {}) => startReplica({ ...env, ...more }),
		/** The settings of the replicas, for a separate process. */
		env,
		stopReplicas: () => Promise.all(replicas.splice(0).map((replica) => replica.stop())),
		async stop() {
			await Promise.all(replicas.map((replica) => replica.stop()));
			await Promise.all(relays.map((one) => one.stop()));
			await Promise.all([others.stop(), services.stop(), stripe.stop(), prisma.$disconnect()]);
			await Promise.all([database.drop(), host.drop()]);
		},
	};
}

export type User = ReturnType<typeof createUser>;

/** Sends a user's requests as the gateway does, to the replicas in turn. */
function createUser(
	urls: readonly string[],
	sign: ReturnType<typeof makeIdentities>['signAsGateway'],
	id: string = newId('usr'),
) {
	const identity = sign({ id, sessionId: newId('ses') });
	async function call(method: string, path: string, body?: object, replica = 0) {
		const response = await fetch((urls[replica] ?? urls[0]) + path, {
			method,
			headers: { [IDENTITY_HEADER]: identity, 'content-type': 'application/json' },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		// biome-ignore lint/suspicious/noExplicitAny: tests inspect arbitrary responses
		const parsed: any = await response.json();
		return { status: response.status, headers: response.headers, body: parsed };
	}
	const checkout = (cycle: string, replica = 0) => call('POST', '/v1/billing/checkout', { cycle }, replica);
	async function openCheckout(cycle = 'monthly'): Promise<string> {
		const response = await checkout(cycle);
		if (response.status === 503) {
			// Retries after a 503, as every client does.
			await sleep(1_000 * Number(response.headers.get('retry-after')));
			return await openCheckout(cycle);
		}
		if (response.status !== 200) throw new Error(JSON.stringify(response.body));
		return sessionOf(response.body.data.url);
	}
	return {
		id,
		call,
		checkout,
		portal: () => call('POST', '/v1/billing/portal'),
		billing: async () => (await call('GET', '/v1/billing')).body.data,
		/** Returns the id of a newly opened checkout. */
		openCheckout,
		/** Returns the same user at another replica. */
		at: (url: string) => createUser([url], sign, id),
	};
}

/** Returns the checkout session of a page. */
export function sessionOf(url: string): string {
	const id = /cs_test_\w+/.exec(url)?.[0];
	if (!id) throw new Error(`${url} names no checkout session`);
	return id;
}

/** Subscribes the user by paying on Stripe's page. Resolves to the subscription's id once billing has it. */
export async function subscribe(world: World, user: User): Promise<string> {
	const { session } = await world.stripe.control(`/checkout/sessions/${await user.openCheckout()}/pay`, {});
	await waitForPlan(user, 'pro');
	return session.subscription;
}

export async function waitForPlan(user: User, plan: string): Promise<void> {
	await waitFor(async () => {
		const shown = await user.billing();
		if (shown.plan !== plan) throw new Error(`shown as ${JSON.stringify(shown)}`);
	});
}
