import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from './testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from './testing/gateway.ts';
import { open, type RawResponse, rawRequest, readAll, sendRaw } from './testing/raw.ts';
import { startUpstream } from './testing/upstream.ts';
import { waitUntil } from './testing/wait-until.ts';

let auth: FakeAuth;
let gateway: TestGateway;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
const seen: string[] = [];
/** The service responds after this promise. */
let held = Promise.withResolvers<void>();
held.resolve();

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		seen.push(`${req.method} ${req.url}`);
		res.setHeader('Content-Type', 'application/json');
		res.setHeader('Set-Cookie', 'a=b');
		res.setHeader('Server', 'jobs');
		req.resume().once('end', () => held.promise.then(() => res.end('{"data":[]}')));
	});
	gateway = await startTestGateway({
		auth,
		jobsUrl: jobs.url,
		env: { CORS_ORIGINS: 'https://app.example.com' },
		limits: { headersTimeoutMs: 500, requestTimeoutMs: 1_000 },
	});
});

afterAll(async () => {
	await gateway.stop();
	await jobs.close();
	await auth.close();
});

function expectRefusal(response: RawResponse, status: number, code: string): void {
	expect(response.status).toBe(status);
	const { error } = JSON.parse(response.body);
	expect(error.code).toBe(code);
	expect(error.request_id).toMatch(/^req_[0-9A-Z]{26}$/);
	expect(response.headers['x-request-id']).toBe(error.request_id);
	expect(response.headers['x-content-type-options']).toBe('nosniff');
	expect(response.headers['content-type']).toBe('application/json');
}

const CRLF = '\r\n';

describe('a target', () => {
	test.each([
		'http://gateway/v1/tools',
		'http://evil.example/v1/tools',
		'*',
		'//v1/tools',
		'/v1//tools',
		'/v1/../internal/jwks',
		'/v1/tools/..',
		'/v1/./tools',
		'/v1/%2e%2e/internal/jwks',
		'/v1/%2E%2e/internal/jwks',
		'/v1/.%2e/internal/jwks',
		'/v1/%252e%252e/internal/jwks',
		'/v1/..%2finternal/jwks',
		'/v1/..%5cinternal',
		'/v1\\tools',
		'/v1/tools%00',
		'/v1/tools\x01',
		'/v1/tools\xe9',
		'/v1/tools#x',
	])('%j is refused and reaches no service', async (target) => {
		seen.length = 0;
		expectRefusal(await rawRequest(gateway.publicPort, `GET ${target}`), 400, 'validation');
		expect(seen).toEqual([]);
	});

	test('in authority form is refused', async () => {
		expectRefusal(
			await sendRaw(gateway.publicPort, `CONNECT evil.example:80 HTTP/1.1${CRLF.repeat(2)}`),
			400,
			'validation',
		);
	});

	test.each([
		'/',
		'/v1',
		'/v1/tools/',
		'/V1/tools',
		'/v1/nothing',
		'/health/ready',
		'/metrics',
		'/internal/jwks',
	])('%s is not found', async (target) => {
		expectRefusal(await rawRequest(gateway.publicPort, `GET ${target}`), 404, 'not_found');
	});

	test.each(['POST', 'PATCH', 'TRACE', 'OPTIONS', 'PROPFIND'])(
		'with method %s returns 405 with Allow',
		async (method) => {
			const response = await rawRequest(gateway.publicPort, `${method} /v1/tools`);
			expectRefusal(response, 405, 'method_not_allowed');
			expect(response.headers.allow).toBe('GET');
		},
	);

	test('with HEAD returns 405 with Allow, without a body', async () => {
		const response = await rawRequest(gateway.publicPort, 'HEAD /v1/tools');
		expect([response.status, response.headers.allow, response.body]).toEqual([405, 'GET', '']);
	});
});

describe('a request', () => {
	const post = `POST /v1/auth/login HTTP/1.1${CRLF}Host: a${CRLF}`;
	const get = `GET /v1/tools HTTP/1.1${CRLF}`;

	test.each([
		[
			'both Content-Length and Transfer-Encoding',
			`${post}Content-Length: 3${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}0${CRLF}${CRLF}`,
		],
		['two Content-Lengths', `${post}Content-Length: 1${CRLF}Content-Length: 2${CRLF}${CRLF}ab`],
		['another transfer coding', `${post}Transfer-Encoding: gzip, chunked${CRLF}${CRLF}0${CRLF}${CRLF}`],
		[
			'a transfer coding that is nearly chunked',
			`${post}Transfer-Encoding: xchunked${CRLF}${CRLF}0${CRLF}${CRLF}`,
		],
		['a space before a colon', `${get}Host: a${CRLF}Transfer-Encoding : chunked${CRLF}${CRLF}`],
		['a folded header', `${get}Host: a${CRLF}A: b${CRLF} c${CRLF}${CRLF}`],
		['a NUL in a header', `${get}Host: a${CRLF}A: b\0c${CRLF}${CRLF}`],
		['bare line feeds', 'GET /v1/tools HTTP/1.1\nHost: a\n\n'],
		[
			'chunks in HTTP/1.0',
			`POST /v1/jobs HTTP/1.0${CRLF}Transfer-Encoding: chunked${CRLF}Connection: keep-alive${CRLF}${CRLF}0${CRLF}${CRLF}`,
		],
		['no host', `${get}Connection: close${CRLF}${CRLF}`],
		['two hosts', `${get}Host: a${CRLF}host: b${CRLF}${CRLF}`],
		['HTTP/2 in name only', `GET /v1/tools HTTP/2.0${CRLF}Host: a${CRLF}Connection: close${CRLF}${CRLF}`],
		['an unknown method', `FOO /v1/tools HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`],
		['an expectation', `${get}Host: a${CRLF}Expect: tea${CRLF}Connection: close${CRLF}${CRLF}`],
		['16 KiB of headers', `${get}Host: a${CRLF}A: ${'a'.repeat(16_384)}${CRLF}${CRLF}`],
		['200 headers', `${get}Host: a${CRLF}Connection: close${CRLF}${`A: b${CRLF}`.repeat(200)}${CRLF}`],
		['no HTTP at all', `\x16\x03\x01${CRLF}${CRLF}`],
		['a broken chunk', `${post}Transfer-Encoding: chunked${CRLF}${CRLF}zz${CRLF}`],
	])('with %s is refused', async (_, text) => {
		expectRefusal(await sendRaw(gateway.publicPort, text), 400, 'validation');
	});

	test('with an endless head is refused after the time limit', async () => {
		expectRefusal(await sendRaw(gateway.publicPort, `${get}Host: a${CRLF}A: `), 400, 'validation');
	});

	test('with an endless body is refused after the time limit', async () => {
		const head = `POST /v1/jobs HTTP/1.1${CRLF}Host: a${CRLF}Authorization: Bearer ${auth.token()}${CRLF}`;
		const response = await sendRaw(gateway.publicPort, `${head}Content-Length: 100${CRLF}${CRLF}{`);
		expectRefusal(response, 400, 'validation');
	});

	test('that arrives byte by byte is served', async () => {
		const socket = await open(gateway.publicPort);
		const text = `${get}Host: a${CRLF}Connection: close${CRLF}${CRLF}`;
		for (const byte of text) socket.write(byte);
		expect((await readAll(socket)).status).toBe(200);
	});

	test('with HTTP/1.0 is served, and the connection closed', async () => {
		const response = await sendRaw(gateway.publicPort, `GET /v1/tools HTTP/1.0${CRLF}${CRLF}`);
		expect([response.status, response.body]).toEqual([200, '{"data":[]}']);
	});

	test('is served after another on the same connection', async () => {
		const one = `${get}Host: a${CRLF}${CRLF}`;
		const last = `${get}Host: a${CRLF}Connection: close${CRLF}${CRLF}`;
		const response = await sendRaw(gateway.publicPort, one + one + last);
		expect(response.text.match(/HTTP\/1\.1 200 OK/g)?.length).toBe(3);
	});

	test('with Upgrade is served over HTTP, and is the last of its connection', async () => {
		const upgrade = `${get}Host: a${CRLF}Connection: Upgrade${CRLF}Upgrade: websocket${CRLF}${CRLF}`;
		const response = await sendRaw(gateway.publicPort, `${upgrade}${get}Host: a${CRLF}${CRLF}`);
		expect(response.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
	});
});

describe('on one connection', () => {
	const get = `GET /v1/tools HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`;
	const codesOf = (text: string) =>
		[...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

	test('a request after a refused one gets no response and has no effect', async () => {
		seen.length = 0;
		const response = await sendRaw(
			gateway.publicPort,
			`GET /v1/tools/.. HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}${get}`,
		);
		expect(codesOf(response.text)).toEqual([400]);
		expect(seen).toEqual([]);
	});

	test('invalid bytes are refused after the responses to earlier requests', async () => {
		const response = await sendRaw(gateway.publicPort, `${get}${get}not HTTP${CRLF}${CRLF}`);
		expect(codesOf(response.text)).toEqual([200, 200, 400]);
	});

	test('an endless head is refused after the response to the earlier request', async () => {
		held = Promise.withResolvers();
		const response = sendRaw(gateway.publicPort, `${get}GET /v1/tools HTTP/1.1${CRLF}A: `);
		// Longer than the time limit of a head.
		await delay(2_500);
		held.resolve();
		expect(codesOf((await response).text)).toEqual([200, 400]);
	});
});

describe('a client that disconnects', () => {
	test.each(['destroy', 'end'] as const)(
		'in the middle of a body by %s ends only its request',
		async (how) => {
			const token = auth.token();
			const socket = await open(gateway.publicPort);
			socket.write(
				`POST /v1/jobs HTTP/1.1${CRLF}Host: a${CRLF}Authorization: Bearer ${token}${CRLF}Content-Length: 100${CRLF}${CRLF}{`,
			);
			await delay(50);
			socket[how]();
			socket.resume();
			await new Promise((resolve) => socket.once('close', resolve));
			expect((await fetch(`${gateway.url}/v1/tools`)).status).toBe(200);
		},
	);
});

describe('every response', () => {
	test('has a new request id, whatever the client sent', async () => {
		const response = await fetch(`${gateway.url}/v1/tools`, {
			headers: { 'X-Request-Id': 'req_01ARZ3NDEKTSV4RRFFQ69G5FAV' },
		});
		expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9A-Z]{26}$/);
		expect(response.headers.get('x-request-id')).not.toBe('req_01ARZ3NDEKTSV4RRFFQ69G5FAV');
	});

	test('is not cached, not sniffed, and sets no cookie', async () => {
		const { headers } = await fetch(`${gateway.url}/v1/tools`);
		expect(Object.fromEntries(headers)).toMatchObject({
			'cache-control': 'no-store',
			'x-content-type-options': 'nosniff',
			'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
			'cross-origin-resource-policy': 'same-origin',
			'referrer-policy': 'no-referrer',
		});
		expect([headers.get('set-cookie'), headers.get('server'), headers.get('x-powered-by')]).toEqual([
			null,
			null,
			null,
		]);
	});
});

describe('CORS', () => {
	const origin = 'https://app.example.com';

	test('lets an allowed origin read responses and errors', async () => {
		for (const path of ['/v1/tools', '/v1/nothing', '/v1/me']) {
			const { headers } = await fetch(`${gateway.url}${path}`, { headers: { Origin: origin } });
			expect(headers.get('access-control-allow-origin')).toBe(origin);
			expect(headers.get('vary')).toBe('Origin');
			expect(headers.get('access-control-expose-headers')).toBe(
				'X-Request-Id, Retry-After, Idempotency-Replayed, RateLimit-Policy, RateLimit',
			);
		}
	});

	test('hides responses from other origins', async () => {
		const { headers } = await fetch(`${gateway.url}/v1/tools`, {
			headers: { Origin: 'https://evil.example' },
		});
		expect(headers.get('access-control-allow-origin')).toBeNull();
	});

	test('responds to preflights of an allowed origin without calling a service', async () => {
		seen.length = 0;
		const response = await fetch(`${gateway.url}/v1/jobs`, {
			method: 'OPTIONS',
			headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
		});
		expect([response.status, response.headers.get('access-control-allow-methods')]).toEqual([
			204,
			'GET, POST, PATCH, DELETE',
		]);
		expect(response.headers.get('x-request-id')).toMatch(/^req_/);
		expect(seen).toEqual([]);
	});
});

describe('the OpenAPI document', () => {
	test('has no envelope and needs no token', async () => {
		const response = await fetch(`${gateway.url}/v1/openapi.json`);
		expect(await response.json()).toMatchObject({ openapi: '3.1.0', paths: { '/v1/jobs': { post: {} } } });
	});
});

test('the private port serves probes and no public operation', async () => {
	expect((await fetch(`${gateway.privateUrl}/health/live`)).status).toBe(200);
	const response = await fetch(`${gateway.privateUrl}/v1/tools`, { headers: bearer(auth.token()) });
	expect(response.status).toBe(404);
});

test('the public port opens after the private one', async () => {
	const taken = await startUpstream(() => undefined);
	const port = new URL(taken.url).port;
	// Both are taken: the error is that of the first.
	const env = { PORT: port, PUBLIC_PORT: new URL(jobs.url).port };
	await expect(startTestGateway({ auth, env })).rejects.toMatchObject({
		code: 'EADDRINUSE',
		port: Number(port),
	});
	await taken.close();
});

describe('draining:', () => {
	let service: Awaited<ReturnType<typeof startUpstream>>;
	let pending: ServerResponse[] = [];

	beforeAll(async () => {
		service = await startUpstream((_req, res) => pending.push(res));
	});

	afterAll(() => service.close());

	async function startDraining(path: string) {
		pending = [];
		const limits = { drainLongPollsMs: 200, drainMs: 500 };
		const gateway = await startTestGateway({ auth, jobsUrl: service.url, limits });
		const pendingRequest = fetch(`${gateway.url}${path}`, { headers: bearer(auth.token()) });
		await waitUntil(() => pending.length === 1);
		return { pendingRequest, stopped: gateway.stop() };
	}

	const waitPath = () => `/v1/jobs/${newId('job')}?wait=60`;

	test('a long poll that ends while the gateway drains gets its response', async () => {
		const { pendingRequest, stopped } = await startDraining(waitPath());
		pending[0]?.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
		expect((await pendingRequest).status).toBe(200);
		await stopped;
	});

	test('a long poll that does not end gets 503 before the end of the drain', async () => {
		const { pendingRequest, stopped } = await startDraining(waitPath());
		const response = await pendingRequest;
		expect([response.status, response.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
		await stopped;
	});

	test('a response that a service does not complete in time is cut', async () => {
		const { pendingRequest, stopped } = await startDraining('/v1/jobs');
		await expect(pendingRequest).rejects.toThrow();
		await stopped;
	});
});
