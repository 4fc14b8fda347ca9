import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
	accountDeleted,
	accountSuspended,
	accountUnsuspended,
	accountVerified,
	type EventEnvelope,
	jobEnded,
	newEvent,
	planChanged,
} from '@creatorr/contracts/events';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { startService } from '@creatorr/service/define-service';
import { createIdentitySigner } from '@creatorr/service/identity';
import { silent } from '@creatorr/testing/silent';
import { createVirtualHost } from '@creatorr/testing/virtual-host';
import { waitFor } from '@creatorr/testing/wait-for';
import { webhooks } from '../service.ts';
import { startDatabase } from './database.ts';
import { startFakeAuth } from './fake-auth.ts';
import { startReceiver } from './receiver.ts';

export type World = Awaited<ReturnType<typeof startWorld>>;

function makeKey(kid: string) {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
	return { pem, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

async function startReplica(env: Record<string, string>) {
	const { deps, port, stop } = await startService(webhooks, {
		config: webhooks.readConfig(env),
		logger: silent,
	});
	const url = `http://127.0.0.1:${port}`;
	const assertReady = async () => {
		const ready = await fetch(`${url}/health/ready`);
		if (!ready.ok) throw new Error(await ready.text());
	};
	// RabbitMQ is slow while other suites use the machine.
	await waitFor(assertReady, 25_000);
	return { deps, url, stop };
}

/** Starts replicas on a new database and virtual host, and an endpoint of a user. `overrides` are environment variables. */
export async function startWorld(options: { replicas?: number; overrides?: Record<string, string> } = {}) {
	const [gateway, own] = [makeKey('gateway'), makeKey('webhooks')];
	const keySet = JSON.stringify({ keys: [gateway.jwk, own.jwk] });
	const sign = createIdentitySigner('gateway', gateway.pem);
	const [database, host, auth, receiver] = await Promise.all([
		startDatabase(),
		createVirtualHost(),
		startFakeAuth(keySet),
		startReceiver(),
	]);
	const env = {
		NODE_ENV: 'test',
		PORT: '0',
		INTERNAL_PRIVATE_KEY: own.pem,
		INTERNAL_KEYS: keySet,
		WEBHOOKS_DATABASE_URL: database.url,
		AMQP_URL: host.url,
		AUTH_URL: auth.url,
		APP_URL: 'https://app.example.com',
		WEBHOOK_SECRET_KEYS: randomBytes(32).toString('base64'),
		OUTBOUND_ALLOWED_NETWORKS: '127.0.0.1',
		OUTBOUND_ALLOW_HTTP: 'true',
		...options.overrides,
	};
	const start = (more: Record<string, string> = {}) => startReplica({ ...env, ...more });
	const replicas = await Promise.all(Array.from({ length: options.replicas ?? 1 }, () => start()));
	const broker = await connectBroker({ url: host.url, name: 'test', logger: silent });
	const publishOnce = createPublisher(broker);
	return {
		auth,
		receiver,
		/** The database of the service. */
		prisma: database.prisma,
		broker,
		replicas,
		url: replicas[0]?.url ?? '',
		startReplica: start,
		/** Publishes a message as a service does. */
		publish: (message: EventEnvelope) => waitFor(() => publishOnce(message)),
		user: (id: string = newId('usr')) => createUser(replicas[0]?.url ?? '', sign, id),
		async stop() {
			await Promise.all(replicas.map((replica) => replica.stop()));
			await Promise.all([auth.stop(), receiver.stop(), broker.close()]);
			await Promise.all([database.stop(), host.drop()]);
		},
	};
}

export type User = ReturnType<typeof createUser>;

/** Sends a user's requests as the gateway does. */
function createUser(base: string, sign: ReturnType<typeof createIdentitySigner>, id: string) {
	async function call(method: string, path: string, body?: object) {
		const response = await fetch(base + path, {
			method,
			headers: {
				[IDENTITY_HEADER]: sign({ id, sessionId: newId('ses') }),
				'content-type': 'application/json',
			},
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		const text = await response.text();
		// biome-ignore lint/suspicious/noExplicitAny: tests inspect arbitrary responses
		const parsed: any = text === '' ? undefined : JSON.parse(text);
		return { status: response.status, body: parsed };
	}
	return {
		id,
		call,
		/** Creates an endpoint. Throws unless that succeeds. */
		async createWebhook(url: string, more: object = {}): Promise<{ id: string; secret: string }> {
			const { status, body } = await call('POST', '/v1/webhooks', { url, ...more });
			if (status !== 201) throw new Error(JSON.stringify(body));
			return body.data;
		},
		data: async (path: string) => (await call('GET', path)).body.data,
	};
}

/** Returns the message about a job that ended. */
export function jobEndedMessage(userId: string, more: object = {}) {
	const job = {
		job_id: newId('job'),
		user_id: userId,
		tool: 'ocr',
		status: 'succeeded' as const,
		input_file_id: newId('fil'),
		output_file_id: newId('fil'),
		bytes_in: 10,
		bytes_out: 5,
		created_at: '2026-12-01T00:00:00.000Z',
		finished_at: '2026-12-01T00:00:09.000Z',
		...more,
	};
	return newEvent(jobEnded, job, newId('req'));
}

export const planChangedMessage = (userId: string, version: number) =>
	newEvent(planChanged, { user_id: userId, plan: 'pro', version }, newId('req'));

export const accountDeletedMessage = (userId: string) =>
	newEvent(accountDeleted, { user_id: userId }, newId('req'));

export const accountSuspendedMessage = (userId: string) =>
	newEvent(accountSuspended, { user_id: userId }, newId('req'));

export const accountUnsuspendedMessage = (userId: string) =>
	newEvent(accountUnsuspended, { user_id: userId }, newId('req'));

export const accountVerifiedMessage = (userId: string, verifiedAt: Date) =>
	newEvent(accountVerified, { user_id: userId, verified_at: verifiedAt.toISOString() }, newId('req'));
