import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, type TestGateway, waitUntil } from '../testing/gateway.ts';
import { newKeys } from '../testing/keys.ts';
import { open, rawRequest } from '../testing/raw.ts';

const KEY_REFRESH_MIN_MS = 100;

let auth: FakeAuth;
let gateway: TestGateway;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let requests: number;

beforeEach(async () => {
	requests = 0;
	auth = await startFakeAuth();
	jobs = await startUpstream((_req, res) => {
		requests += 1;
		res.setHeader('Content-Type', 'application/json');
		res.end('{"data":[]}');
	});
	gateway = await startTestGateway({
		auth,
		jobsUrl: jobs.url,
		limits: { authCallMs: 2_000, leaseRenewalMs: 100, jwksRefreshMinMs: KEY_REFRESH_MIN_MS },
	});
});

afterEach(async () => {
	await gateway.stop();
	await jobs.close();
	await auth.close();
});

const get = (token: string) => fetch(`${gateway.url}/v1/jobs`, { headers: bearer(token) });
const statusOf = async (token: string) => (await get(token)).status;

async function codeOf(response: Response): Promise<[number, string]> {
	const { error } = (await response.json()) as { error: { code: string } };
	return [response.status, error.code];
}

describe('a token', () => {
	test('of a live session is accepted', async () => {
		expect(await statusOf(auth.token())).toBe(200);
	});

	test.each([
		['missing', []],
		['of another scheme', ['Authorization: Basic YTpi']],
		['garbage', ['Authorization: Bearer x.y.z']],
	])('that is %s gets 401 with a challenge', async (_, headers) => {
		const response = await rawRequest(gateway.publicPort, 'GET /v1/jobs', headers);
		expect([response.status, JSON.parse(response.body).error.code]).toEqual([401, 'unauthorized']);
		expect(response.headers['www-authenticate']).toBe('Bearer');
	});

	test('that is sent twice gets 401', async () => {
		const header = `Authorization: Bearer ${auth.token()}`;
		const response = await rawRequest(gateway.publicPort, 'GET /v1/jobs', [header, header]);
		expect(response.status).toBe(401);
	});

	test('of a dead session gets 401 and reaches no service', async () => {
		const sid = newId('ses');
		auth.kill(sid);
		expect(await codeOf(await get(auth.token({ sid })))).toEqual([401, 'unauthorized']);
		expect(requests).toBe(0);
	});

	test('is ignored by public operations', async () => {
		const response = await fetch(`${gateway.url}/v1/tools`, { headers: { Authorization: 'Bearer x' } });
		expect(response.status).toBe(200);
	});

	test('is optional, but has to be valid, where a session is optional', async () => {
		const sid = newId('ses');
		auth.kill(sid);
		const verify = async (headers: Record<string, string>) =>
			(await fetch(`${gateway.url}/v1/auth/verify`, { method: 'POST', headers })).status;
		// 404: the fake auth has no such route.
		expect(await verify({})).toBe(404);
		expect(await verify(bearer(auth.token()))).toBe(404);
		expect(await verify(bearer(auth.token({ sid })))).toBe(401);
		expect(await verify({ Authorization: 'Bearer x' })).toBe(401);
	});

	test('is checked at auth once', async () => {
		const token = auth.token();
		await Promise.all(Array.from({ length: 20 }, () => statusOf(token)));
		await Promise.all(Array.from({ length: 20 }, () => statusOf(token)));
		expect(auth.counts.check).toBe(1);
	});
});

describe('a client that disconnects while its session is looked up', () => {
	test('opens no connection to a service', async () => {
		let connections = 0;
		jobs.server.on('connection', () => {
			connections += 1;
		});
		const decided = Promise.withResolvers<void>();
		const mayAnswer = Promise.withResolvers<void>();
		auth.beforeCheckResponse = async () => {
			decided.resolve();
			await mayAnswer.promise;
		};
		const token = auth.token();
		const socket = await open(gateway.publicPort);
		socket.write(`GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`);
		await decided.promise;
		socket.destroy();
		await delay(50);
		mayAnswer.resolve();
		expect(await statusOf(token)).toBe(200);
		expect(connections).toBe(1);
	});
});

describe('signing keys', () => {
	test('are loaded when a token names a new one', async () => {
		const fresh = newKeys();
		auth.jwks.push(fresh.jwk('second'));
		expect(await statusOf(auth.token({}, { keyid: 'second' }, fresh))).toBe(200);
	});

	test('that are unknown are loaded at a limited rate, and get 401', async () => {
		const loadsBefore = auth.counts.jwks;
		const startedAtMs = performance.now();
		const tokens = Array.from({ length: 50 }, (_, index) => auth.token({}, { keyid: `bogus-${index}` }));
		const statuses = await Promise.all(tokens.map(statusOf));
		const intervals = Math.ceil((performance.now() - startedAtMs) / KEY_REFRESH_MIN_MS);
		expect(new Set(statuses)).toEqual(new Set([401]));
		expect(auth.counts.jwks - loadsBefore).toBeLessThanOrEqual(1 + intervals);
	});

	test('that were retired are rejected after the next lease renewal, also for cached tokens', async () => {
		const stolen = newKeys();
		auth.jwks.push(stolen.jwk('stolen'));
		const token = auth.token({}, { keyid: 'stolen' }, stolen);
		expect(await statusOf(token)).toBe(200);
		auth.jwks.pop();
		await waitUntil(async () => (await statusOf(token)) !== 200);
		expect(await codeOf(await get(token))).toEqual([401, 'unauthorized']);
		expect(await statusOf(auth.token())).toBe(200);
	});

	test('that were retired are accepted no longer than the lease when the keys can’t be loaded', async () => {
		const stolen = newKeys();
		auth.jwks.push(stolen.jwk('stolen'));
		auth.ttlMs = 1_500;
		const token = auth.token({}, { keyid: 'stolen' }, stolen);
		await waitUntil(async () => (await statusOf(token)) === 200);
		auth.hidesKeys = true;
		auth.jwks.pop();
		await waitUntil(async () => (await statusOf(token)) !== 200);
		expect(await codeOf(await get(token))).toEqual([503, 'upstream_unavailable']);
		auth.hidesKeys = false;
		await waitUntil(async () => (await statusOf(token)) === 401);
	});

	test('that can’t be loaded return 503 and not 401', async () => {
		const token = auth.token({}, { keyid: 'second' }, newKeys());
		auth.isFrozen = true;
		const response = await get(token);
		expect(response.headers.get('retry-after')).not.toBeNull();
		expect(await codeOf(response)).toEqual([503, 'upstream_unavailable']);
	});
});

describe('the lease', () => {
	test('is renewed under one instance id', async () => {
		const instanceId = gateway.instanceId();
		const renewals = auth.counts.lease;
		await waitUntil(() => auth.counts.lease > renewals + 5);
		expect(gateway.instanceId()).toBe(instanceId);
	});

	test('keeps known sessions valid for its duration when auth is down', async () => {
		const token = auth.token();
		auth.ttlMs = 1_500;
		await waitUntil(async () => (await statusOf(token)) === 200);
		await delay(300);
		auth.isFrozen = true;
		expect(await statusOf(token)).toBe(200);
		await waitUntil(async () => (await statusOf(token)) !== 200);
		const response = await get(token);
		expect(response.headers.get('retry-after')).not.toBeNull();
		expect(await codeOf(response)).toEqual([503, 'upstream_unavailable']);
	});

	test('is renewed while an earlier renewal hangs', async () => {
		const instanceId = gateway.instanceId();
		auth.hangingLeases = 1;
		const renewals = auth.counts.lease;
		await waitUntil(() => auth.counts.lease > renewals + 10);
		expect(gateway.instanceId()).toBe(instanceId);
		expect(await statusOf(auth.token())).toBe(200);
	});

	test('is released when the gateway stops, after its last request', async () => {
		const other = await startTestGateway({ auth, jobsUrl: jobs.url });
		expect(auth.leases.has(other.instanceId())).toBe(true);
		const instanceId = other.instanceId();
		await other.stop();
		expect(auth.leases.has(instanceId)).toBe(false);
	});

	test('does not cover unknown sessions', async () => {
		auth.isFrozen = true;
		expect(await codeOf(await get(auth.token()))).toEqual([503, 'upstream_unavailable']);
	});

	test('is not needed by public operations', async () => {
		auth.isFrozen = true;
		auth.ttlMs = 0;
		expect((await fetch(`${gateway.url}/v1/tools`)).status).toBe(200);
	});

	test('restarts under another instance id, with an empty cache', async () => {
		const sid = newId('ses');
		const token = auth.token({ sid });
		expect(await statusOf(token)).toBe(200);
		const instanceId = gateway.instanceId();
		auth.fenced.add(instanceId);
		auth.kill(sid);
		await waitUntil(() => gateway.instanceId() !== instanceId && gateway.instanceId() !== '');
		await waitUntil(async () => (await statusOf(auth.token())) === 200);
		expect(await statusOf(token)).toBe(401);
	});

	test('sends auth the address of the private port', () => {
		expect([...auth.leases.values()]).toEqual([gateway.privateUrl]);
	});
});

describe('readiness', () => {
	test('requires keys and a lease', async () => {
		auth.isFrozen = true;
		const other = await startTestGateway({
			auth,
			limits: { authCallMs: 100, leaseRenewalMs: 100 },
			early: true,
		});
		expect((await fetch(`${other.privateUrl}/health/ready`)).status).toBe(503);
		auth.isFrozen = false;
		await waitUntil(async () => (await fetch(`${other.privateUrl}/health/ready`)).ok);
		await other.stop();
	});

	test('fails without a lease, while the startup probe still succeeds', async () => {
		const probe = async (name: string) => (await fetch(`${gateway.privateUrl}/health/${name}`)).status;
		expect(await probe('startup')).toBe(200);
		auth.withholdsLeases = true;
		auth.fenced.add(gateway.instanceId());
		await waitUntil(async () => (await probe('ready')) === 503);
		expect(await probe('startup')).toBe(200);
		auth.withholdsLeases = false;
		await waitUntil(async () => (await probe('ready')) === 200);
	});
});
