import { startTcpProxy, type TcpProxy } from '@creatorr/testing/tcp-proxy';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { startGateway } from './support/fake-gateway.ts';
import { untilAllSent } from './support/mails.ts';
import { call, isAlive, login, newEmail, PASSWORD, type Person, register } from './support/requests.ts';
import { until } from './support/until.ts';

let auth: AuthService;
let person: Person;
let proxy: TcpProxy | undefined;

beforeEach(async () => {
	auth = await startAuth();
	person = await register(auth.app);
});

afterEach(async () => {
	await auth.close();
	await proxy?.close();
	proxy = undefined;
});

async function replicaBehindProxy(variable: 'AUTH_DATABASE_URL' | 'AMQP_URL'): Promise<AuthService['app']> {
	proxy = await startTcpProxy(variable === 'AMQP_URL' ? auth.amqpUrl : auth.databaseUrl);
	return await auth.startReplica({ [variable]: proxy.url });
}

const isReady = async (app: AuthService['app']) => (await request(app).get('/health/ready')).status === 200;

describe('without PostgreSQL', () => {
	test.each<[string, (app: AuthService['app']) => request.Test]>([
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
	])('%s is 503 with Retry-After, and nothing is done', async (_, attempt) => {
		const app = await replicaBehindProxy('AUTH_DATABASE_URL');
		proxy?.cut();
		const answer = await attempt(app);
		expect([answer.status, answer.body.error.code]).toEqual([503, 'upstream_unavailable']);
		expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
		expect(await auth.prisma.user.count()).toBe(1);
	});

	test('that shuts down in good order during a query, the answer is 503 too', async () => {
		// The sender of mails would wait for the same table.
		await untilAllSent(auth);
		let answer: Promise<number> | undefined;
		await auth.prisma.$transaction(async (tx) => {
			await tx.$executeRaw`LOCK TABLE users`;
			answer = call(auth.app, 'get', '/v1/me', { person }).then(({ status }) => status);
			const endWaiting = () => tx.$queryRaw<unknown[]>`
				SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE application_name = 'creatorr-auth' AND wait_event_type = 'Lock'`;
			await until(async () => (await endWaiting()).length > 0);
		});
		expect(await answer).toBe(503);
	});

	test('a logout that loses it after the commit is no success, and is settled afterwards', async () => {
		const app = await replicaBehindProxy('AUTH_DATABASE_URL');
		const gateway = await startGateway(auth.app, (res) => {
			proxy?.cut();
			res.destroy();
		});
		expect((await call(app, 'post', '/v1/auth/logout', { person })).status).toBe(503);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await auth.prisma.revocation.count()).toBe(1);
		proxy?.restore();
		gateway.answer = (res) => void res.writeHead(204).end();
		await call(app, 'post', '/v1/auth/logout', { person }).expect(204);
		expect(await auth.prisma.revocation.count()).toBe(0);
		await gateway.stop();
	});

	test('it starts nevertheless, is not ready, and serves as soon as PostgreSQL is back', async () => {
		proxy = await startTcpProxy(auth.databaseUrl);
		proxy?.cut();
		const app = await auth.startReplica({ AUTH_DATABASE_URL: proxy.url });
		expect(await isReady(app)).toBe(false);
		await request(app).get('/health/live').expect(200);
		proxy?.restore();
		await until(() => isReady(app));
		await login(app, person.email).expect(200);
	});
});

describe('without RabbitMQ', () => {
	test('people sign in and out, and an account deletion is told when RabbitMQ is back', async () => {
		const app = await replicaBehindProxy('AMQP_URL');
		await auth.stopFirst();
		await until(() => isReady(app));
		proxy?.cut();
		await until(async () => !(await isReady(app)));
		await login(app, person.email).expect(200);
		await call(app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		expect(await auth.prisma.outbox.count()).toBe(1);
		proxy?.restore();
		await until(async () => (await auth.prisma.outbox.count()) === 0);
	});
});
