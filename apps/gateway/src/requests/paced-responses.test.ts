import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { newKeys } from '../testing/keys.ts';

/** Delays beyond the burst don't end within a test. */
const BURST = 3;
const ORIGIN = 'https://app.example.com';

let auth: FakeAuth;
let gateway: TestGateway;
let webDirectory: string;
let networks = 0;
let aborts: AbortController[] = [];

beforeAll(async () => {
	webDirectory = mkdtempSync(join(tmpdir(), 'web-'));
	mkdirSync(join(webDirectory, 'public'));
	writeFileSync(join(webDirectory, 'pages.json'), '["/"]');
	writeFileSync(join(webDirectory, 'public', 'index.html'), '<!doctype html>');
	auth = await startFakeAuth();
	gateway = await startTestGateway({
		auth,
		env: { TRUSTED_PROXIES: '127.0.0.1', WEB_DIR: webDirectory, CORS_ORIGINS: ORIGIN },
		limits: {
			ownResponsesPerSecond: 0.001,
			ownResponseBurst: BURST,
			refusedTokensPerSecond: 0.001,
			refusedTokenBurst: BURST,
			forgedTokensPerSecond: 0.001,
			forgedTokenBurst: 1,
		},
	});
});

afterEach(() => {
	for (const abort of aborts) abort.abort();
	aborts = [];
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
	rmSync(webDirectory, { recursive: true });
});

/** Returns a function that sends requests from a new network. */
function newNetwork() {
	networks += 1;
	const address = `192.0.2.${networks}`;
	return async (path: string, init: RequestInit = {}): Promise<number> => {
		const abort = new AbortController();
		aborts.push(abort);
		const headers = { ...init.headers, 'X-Forwarded-For': address };
		const response = await fetch(gateway.url + path, { ...init, headers, signal: abort.signal });
		await response.arrayBuffer();
		return response.status;
	};
}

/** Resolves to `waiting` if the response has not arrived when three later requests of other networks have theirs. */
async function outcomeOf(response: Promise<number>): Promise<number | 'waiting'> {
	response.catch(() => undefined);
	for (let count = 0; count < 3; count += 1) await newNetwork()('/v1/health/nothing');
	return Promise.race([response, Promise.resolve('waiting' as const)]);
}

const preflight = { method: 'OPTIONS', headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'POST' } };

describe('beyond the burst of its network, the gateway delays its own response:', () => {
	test.each<[string, number, string, RequestInit]>([
		['not found', 404, '/v1/nothing', {}],
		['a method that is not allowed', 405, '/v1/tools', { method: 'POST' }],
		['a target that is refused', 400, '/v1//x', {}],
		['a body that is too large', 413, '/v1/auth/login', { method: 'POST', body: 'x'.repeat(5_000) }],
		['a preflight', 204, '/v1/jobs', preflight],
		['a page of the web app', 200, '/', {}],
		['the OpenAPI document', 200, '/v1/openapi.json', {}],
		['a refused token', 401, '/v1/jobs', {}],
	])('%s', async (_, status, path, init) => {
		const ask = newNetwork();
		const within = await Promise.all(Array.from({ length: BURST }, () => ask(path, init)));
		expect(within).toEqual(Array(BURST).fill(status));
		expect(await outcomeOf(ask(path, init))).toBe('waiting');
	});
});

test('a network whose responses are delayed still gets responses of the services', async () => {
	const ask = newNetwork();
	for (let count = 0; count < BURST; count += 1) await ask('/v1/nothing');
	expect(await outcomeOf(ask('/v1/nothing'))).toBe('waiting');
	const user = bearer(auth.token());
	// 404: the fake service has no such routes.
	expect([await ask('/v1/tools'), await ask('/v1/jobs', { headers: user })]).toEqual([404, 404]);
});

describe('a network that sends forged tokens', () => {
	const forged = () => bearer(auth.token({}, {}, newKeys()));

	test('waits with unknown tokens, and is served with known ones', async () => {
		const ask = newNetwork();
		const known = bearer(auth.token());
		expect(await ask('/v1/jobs', { headers: known })).toBe(404);
		expect(await ask('/v1/jobs', { headers: forged() })).toBe(401);
		expect(await outcomeOf(ask('/v1/jobs', { headers: forged() }))).toBe('waiting');
		expect(await ask('/v1/jobs', { headers: known })).toBe(404);
	});
});

test('valid unknown tokens don’t delay each other', async () => {
	const ask = newNetwork();
	const asks = Array.from({ length: 20 }, () => ask('/v1/jobs', { headers: bearer(auth.token()) }));
	expect(new Set(await Promise.all(asks))).toEqual(new Set([404]));
});
