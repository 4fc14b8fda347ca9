import { Worker } from 'node:worker_threads';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { startPgbouncer } from '@creatorr/testing/pgbouncer';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { readConfig } from '../config.ts';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { signAsGateway, signAsWorker } from '../testing/callers.ts';
import { newInstanceId } from '../testing/fake-gateway.ts';
import { call, register } from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { startControlThread } from './start-control-thread.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth({}, { hasControlThread: true });
});

afterAll(() => auth.close());

function configOf(overrides: NodeJS.ProcessEnv = {}) {
	return readConfig({ ...auth.environment, ...overrides });
}

const lease = (url = auth.controlUrl) =>
	request(url)
		.put(`/internal/gateways/${newInstanceId()}/lease`)
		.send({ callback_url: 'http://127.0.0.1:1' });

/** Sends a request from another thread and writes the status where this thread can wait for it. */
const ASK = `
	const { workerData: { url, headers, status } } = require('node:worker_threads');
	fetch(url, { headers }).then((response) => {
		Atomics.store(status, 0, response.status);
		Atomics.notify(status, 0);
	});
`;

describe('the control port', () => {
	test('grants leases, checks sessions, allocates quota and returns keys to gateways', async () => {
		const person = await register(auth.app);
		const identity = { [IDENTITY_HEADER]: signAsGateway() };
		const granted = await lease().set(identity).expect(200);
		expect(granted.body.data).toMatchObject({ granted: true, key_ids: [expect.any(String)] });
		const checked = await request(auth.controlUrl)
			.post('/internal/sessions/check')
			.set(identity)
			.send({ session_id: person.sessionId })
			.expect(200);
		expect(checked.body.data).toEqual({ alive: true });
		const units = { policy: 'requests', is_large: true, excess_units: 0 };
		const allocated = await request(auth.controlUrl)
			.post('/internal/quota/allocations')
			.set(identity)
			.send({ requests: [{ user_id: person.id, principal: person.id, ...units }] })
			.expect(200);
		expect(allocated.body.data.allocations).toEqual([{ limit: 600, units: 60, full_in_ms: 6_000 }]);
		await request(auth.controlUrl).get('/internal/jwks').set(identity).expect(200);
	});

	test('returns 401 to other callers, and 404 for public operations', async () => {
		await lease().expect(401);
		await lease().set(IDENTITY_HEADER, signAsWorker()).expect(401);
		await request(auth.controlUrl).post('/v1/auth/login').set(IDENTITY_HEADER, signAsGateway()).expect(404);
	});

	test('responds while the event loop of public requests is blocked', async () => {
		const status = new Int32Array(new SharedArrayBuffer(4));
		const headers = { [IDENTITY_HEADER]: signAsGateway() };
		const workerData = { url: `${auth.controlUrl}/internal/jwks`, headers, status };
		const asking = new Worker(ASK, { eval: true, workerData });
		// Blocks this thread like a request that takes long to parse. The wait ends with the response.
		Atomics.wait(status, 0, 0, 30_000);
		expect(status[0]).toBe(200);
		await asking.terminate();
	});

	test('shows its metrics on the private port', async () => {
		await lease().set(IDENTITY_HEADER, signAsGateway()).expect(200);
		const { text } = await request(auth.app).get('/metrics').expect(200);
		expect(text).toMatch(/^creatorr_gateway_lease_renewals_total\{outcome="granted"\} [1-9]/m);
		expect(text).toMatch(
			/^creatorr_http_request_duration_seconds_count\{operation="leaseGateway",status="200"\} [1-9]/m,
		);
	});

	test('is part of the service’s readiness, and has its own', async () => {
		await waitUntil(async () => (await request(auth.app).get('/health/ready')).status === 200);
		await request(auth.controlUrl).get('/health/ready').expect(200);
	});

	test('grants leases while the process drains', async () => {
		const person = await register(auth.app);
		const app = await auth.startReplica();
		const controlUrl = auth.controlUrlOf(app);
		let drained: Promise<unknown> | undefined;
		await auth.prisma.$transaction(
			async (tx) => {
				await tx.$executeRaw`LOCK TABLE users`;
				const response = call(app, 'get', '/v1/me', { person }).expect(200);
				// Outside the transaction, which would see the same activity repeatedly.
				const waiting = () => auth.prisma.$queryRaw<unknown[]>`
					SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'
						AND datname = current_database() AND query LIKE 'SELECT%users%'`;
				const sent = response.then(() => undefined);
				await waitUntil(async () => (await waiting()).length > 0);
				drained = Promise.all([sent, auth.stopReplica(app)]);
				await waitUntil(() =>
					fetch(app).then(
						() => false,
						() => true,
					),
				);
				await lease(controlUrl).set(IDENTITY_HEADER, signAsGateway()).expect(200);
			},
			{ timeout: 20_000 },
		);
		await drained;
		await expect(fetch(controlUrl)).rejects.toThrow();
	});

	test('fails the start of the process if it is in use', async () => {
		const CONTROL_PORT = new URL(auth.controlUrl).port;
		await expect(auth.startReplica({ CONTROL_PORT })).rejects.toThrow('EADDRINUSE');
	});
});

describe('a control thread behind a pooler in transaction mode', () => {
	test('is ready and grants leases through the direct URL', async () => {
		const pooler = await startPgbouncer(auth.databaseUrl, 'transaction');
		const config = configOf({ AUTH_DATABASE_URL: pooler.url, AUTH_DATABASE_DIRECT_URL: auth.databaseUrl });
		const thread = await startControlThread({ config, logFormat: 'json' }, (error) => {
			throw error;
		});
		try {
			const url = `http://127.0.0.1:${thread.port}`;
			await request(url).get('/health/ready').expect(200);
			await lease(url).set(IDENTITY_HEADER, signAsGateway()).expect(200);
		} finally {
			await thread.close();
			await pooler.stop();
		}
	});
});

describe('a control thread that exits', () => {
	test('fails its requests as unavailable, and ends the process', async () => {
		const config = configOf();
		const lost = Promise.withResolvers<Error>();
		const script = new URL('../testing/ending-thread.ts', import.meta.url);
		const thread = await startControlThread({ config, logFormat: 'json' }, lost.resolve, script);
		await expect(thread.propagate({ sessionIds: ['ses_1'], keyChanges: [] })).rejects.toMatchObject({
			code: 'upstream_unavailable',
			message: 'The change is saved, but couldn’t be confirmed everywhere. Try again in a moment.',
		});
		expect(await lost.promise).toMatchObject({
			message: 'the control thread has ended',
			cause: { message: 'a bug' },
		});
		await expect(thread.ping()).rejects.toMatchObject({ code: 'upstream_unavailable' });
		await thread.close();
	});

	test('fails the start of the process, also without an error', async () => {
		const start = startControlThread(
			{ config: configOf(), logFormat: 'json' },
			() => undefined,
			new URL('data:text/javascript,'),
		);
		await expect(start).rejects.toThrow('the control thread has ended with code 0');
	});
});
