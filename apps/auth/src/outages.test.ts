import { startTcpProxy, type TcpProxy } from '@creatorr/testing/tcp-proxy';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from './testing/auth-service.ts';
import { acknowledge, type FakeGateway, startGateway } from './testing/fake-gateway.ts';
import { untilAllSent } from './testing/mails.ts';
import { call, isAlive, login, newEmail, PASSWORD, type Person, register } from './testing/requests.ts';
import { waitUntil } from './testing/wait-until.ts';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({}, { hasControlThread: true });
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(() => auth.close());

interface ProxiedReplica {
	app: string;
	proxy: TcpProxy;
	stop(): Promise<void>;
}

/** Starts a replica whose connection to one service can be cut. */
async function startBehindProxy(variable: 'AUTH_DATABASE_URL' | 'AMQP_URL'): Promise<ProxiedReplica> {
	const proxy = await startTcpProxy(variable === 'AMQP_URL' ? auth.amqpUrl : auth.databaseUrl);
	const app = await auth.startReplica({ [variable]: proxy.url });
	return {
		app,
		proxy,
		async stop() {
			await auth.stopReplica(app);
			await proxy.close();
		},
	};
}

const isReady = async (app: string) => (await request(app).get('/health/ready')).status === 200;

describe('while PostgreSQL is down', () => {
	let replica: ProxiedReplica;

	beforeAll(async () => {
		replica = await startBehindProxy('AUTH_DATABASE_URL');
		replica.proxy.cut();
	});

	afterAll(() => replica.stop());

	test.each<[string, (app: string) => request.Test]>([
		['logout', (app) => call(app, 'post', '/v1/auth/logout', { person })],
		['login', (app) => login(app, person.email)],
		[
			'register',
			(app) => call(app, 'post', '/v1/auth/register').send({ email: newEmail(), password: PASSWORD }),
		],
		['me', (app) => call(app, 'get', '/v1/me', { person })],
		['account deletion', (app) => call(app, 'delete', '/v1/me', { person }).send({ password: PASSWORD })],
		[
			'the check of a session',
			(app) => call(app, 'post', '/internal/sessions/check').send({ session_id: person.sessionId }),
		],
		['the published keys', (app) => call(app, 'get', '/internal/jwks')],
	])('%s returns 503 with Retry-After, and changes nothing', async (_, attempt) => {
		const users = await auth.prisma.user.count();
		const response = await attempt(replica.app);
		expect([response.status, response.body.error.code]).toEqual([503, 'upstream_unavailable']);
		expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
		expect(await auth.prisma.user.count()).toBe(users);
	});
});

describe('when PostgreSQL goes down', () => {
	test('during a query, with a regular shutdown, the response is 503 too', async () => {
		// The task that sends mails would wait for the same table.
		await untilAllSent(auth);
		let status: number | undefined;
		await auth.prisma.$transaction(async (tx) => {
			await tx.$executeRaw`LOCK TABLE users`;
			const response = call(auth.app, 'get', '/v1/me', { person }).then((response) => {
				status = response.status;
			});
			// Repeats until the request fails, because a task of the service may wait for the table too. Outside the transaction, which
			// would see the same activity each time.
			await waitUntil(async () => {
				await auth.prisma.$queryRaw<unknown[]>`
					SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE application_name = 'creatorr-auth' AND wait_event_type = 'Lock'`;
				return status !== undefined;
			});
			await response;
		});
		expect(status).toBe(503);
	});

	test('after the commit of a sign-out, the sign-out fails, and is propagated when it is repeated', async () => {
		const replica = await startBehindProxy('AUTH_DATABASE_URL');
		const { app, proxy } = replica;
		const gateway = await startGateway(auth.app, (res) => {
			proxy.cut();
			res.destroy();
		});
		expect((await call(app, 'post', '/v1/auth/logout', { person })).status).toBe(503);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await auth.prisma.revocation.count()).toBe(1);
		proxy.restore();
		gateway.handlePush = (res) => void res.writeHead(204).end();
		await call(app, 'post', '/v1/auth/logout', { person }).expect(204);
		expect(await auth.prisma.revocation.count()).toBe(0);
		await gateway.stop();
		await replica.stop();
	});

	describe('after the commit of a rotation', () => {
		let replica: ProxiedReplica;
		let gateway: FakeGateway;

		beforeEach(async () => {
			replica = await startBehindProxy('AUTH_DATABASE_URL');
			gateway = await startGateway(auth.app, (res) => {
				replica.proxy.cut();
				res.destroy();
			});
		});

		afterEach(async () => {
			await gateway.stop();
			await replica.stop();
			// Otherwise the next push would wait until the lease has expired.
			await auth.prisma.gatewayLease.deleteMany();
		});

		async function createKey(): Promise<string> {
			const body = { name: 'Build server', scopes: ['jobs:read'] };
			return (await call(auth.app, 'post', '/v1/keys', { person }).send(body).expect(201)).body.data.id;
		}

		const rotate = (app: string, id: string, body: object) =>
			call(app, 'post', `/v1/keys/${id}/rotate`, { person }).send(body);

		test('the new key is returned if the old one works for a while, and the push is left to another process', async () => {
			const id = await createKey();
			const { body } = await rotate(replica.app, id, {}).expect(201);
			expect(body.data).toMatchObject({ replaces: id, key: expect.stringMatching(/^ctr_live_/) });
			expect(await auth.prisma.apiKeyChange.count({ where: { userId: person.id } })).toBe(1);
		});

		test('the error names the new key if the old one should have ended, and the new one can be rotated', async () => {
			const id = await createKey();
			const response = await rotate(replica.app, id, { grace_seconds: 0 }).expect(503);
			const created = await auth.prisma.apiKey.findFirstOrThrow({ where: { replaces: id } });
			expect(response.body.error.message).toBe(
				`The key is replaced by ${created.id}, but the old one may work for another minute. This response can’t show the new key: rotate ${created.id} to get one.`,
			);
			expect(response.headers).not.toHaveProperty('retry-after');
			gateway.handlePush = acknowledge;
			await rotate(auth.app, created.id, { grace_seconds: 0 }).expect(201);
		});
	});

	test('before the start, auth starts, is not ready, and serves requests when PostgreSQL is up', async () => {
		const proxy = await startTcpProxy(auth.databaseUrl);
		proxy.cut();
		const app = await auth.startReplica({ AUTH_DATABASE_URL: proxy.url });
		expect(await isReady(app)).toBe(false);
		await request(app).get('/health/live').expect(200);
		proxy.restore();
		await waitUntil(() => isReady(app));
		await login(app, person.email).expect(200);
		await auth.stopReplica(app);
		await proxy.close();
	});
});

describe('while RabbitMQ is down', () => {
	test('users sign in, and an account deletion is published when RabbitMQ is up', async () => {
		const replica = await startBehindProxy('AMQP_URL');
		const { app, proxy } = replica;
		await auth.stopReplica();
		await waitUntil(() => isReady(app));
		proxy.cut();
		await waitUntil(async () => !(await isReady(app)));
		await login(app, person.email).expect(200);
		await call(app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		expect(await auth.prisma.outbox.count()).toBe(1);
		proxy.restore();
		await waitUntil(async () => (await auth.prisma.outbox.count()) === 0);
		await replica.stop();
	});
});
