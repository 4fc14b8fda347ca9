import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { BODY_LIMIT } from '@creatorr/contracts/body-limit';
import { newId } from '@creatorr/contracts/ids';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { IMMEDIATE, type ResponseMode } from '../routing/response-mode.ts';
import { bearer } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import {
	expectError,
	type ProxiedGateway,
	readBody,
	SILENCE_MS,
	sendEmptyList,
	startProxiedGateway,
} from '../testing/proxied-gateway.ts';
import { open, rawRequest, readAll, sendRaw } from '../testing/raw.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { relay } from './upstream-response.ts';

const MIB = 1024 * 1024;
const SLOW_READER_MS = 300;

const COMPLETE = `/v1/files/${newId('fil')}/complete`;

let world: ProxiedGateway;

beforeAll(async () => {
	world = await startProxiedGateway();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

describe('a service', () => {
	test('gets the user in an identity that the gateway signed', async () => {
		const ids = { sub: newId('usr'), sid: newId('ses') };
		await world.get('/v1/jobs', bearer(world.auth.token(ids)));
		const verify = createIdentityVerifier({ keys: [world.gateway.keys.jwk('gateway')] });
		const identity = verify(String(world.received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({ caller: 'gateway', user: { id: ids.sub, sessionId: ids.sid } });
	});

	test('gets an identity without a user for a public request', async () => {
		await world.get('/v1/tools');
		const verify = createIdentityVerifier({ keys: [world.gateway.keys.jwk('gateway')] });
		const identity = verify(String(world.received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({ caller: 'gateway', user: null });
	});

	test('gets the request id that the client gets', async () => {
		const response = await world.get('/v1/tools', {});
		expect(world.received[0]?.headers['x-request-id']).toBe(response.headers.get('x-request-id'));
	});

	test.each([
		'X-Creatorr-Identity',
		'x_creatorr_identity',
		'X-CREATORR_Identity',
		'X-User-Id',
		'X_User_Id',
		'x_request_id',
		'X-Forwarded-Host',
		'X_Forwarded_For',
		'Forwarded',
		'X-Real-IP',
		'Cookie',
	])('doesn’t get a client’s %s header', async (name) => {
		await rawRequest(world.gateway.publicPort, 'GET /v1/tools', [`${name}: forged`]);
		expect(world.received[0]?.rawHeaders).not.toContain('forged');
	});

	test('gets no header that the client names in Connection', async () => {
		const token = world.auth.token();
		const headers = [`Authorization: Bearer ${token}`, 'Connection: close, x-creatorr-identity'];
		await rawRequest(world.gateway.publicPort, 'GET /v1/jobs', headers);
		expect(world.received[0]?.headers['x-creatorr-identity']).toMatch(/^ey/);
	});

	test('gets no token', async () => {
		await world.get('/v1/jobs');
		expect(world.received[0]?.headers.authorization).toBeUndefined();
	});

	test('gets the client’s address from a trusted proxy', async () => {
		await world.get('/v1/tools', { 'X-Forwarded-For': '6.6.6.6, 1.2.3.4' });
		expect(world.received[0]?.headers['x-forwarded-for']).toBe('1.2.3.4');
	});

	test('gets path and query unchanged', async () => {
		await world.get('/v1/jobs?cursor=a%2Fb%20&limit=2');
		expect(world.received[0]?.url).toBe('/v1/jobs?cursor=a%2Fb%20&limit=2');
	});

	test('is called over keep-alive connections', async () => {
		for (let turn = 0; turn < 5; turn += 1) await (await world.get('/v1/tools', {})).text();
		expect(new Set(world.received.map(({ socket }) => socket.remotePort)).size).toBe(1);
	});
});

/** Relays a response to a client that reads nothing. */
function relayToNobody(headers: Record<string, string>, responseMode: ResponseMode = IMMEDIATE): Writable {
	const response = Object.assign(new PassThrough(), { headers });
	response.write('a');
	const res = new Writable({ write: () => undefined });
	const exchange = { responseMode, slowReaderMs: 10, slowReaderTimer: undefined };
	relay(response as unknown as IncomingMessage, { ...exchange, res: res as unknown as ServerResponse });
	return res;
}

describe('a response', () => {
	test('is forwarded with status, body and the headers of the contract', async () => {
		world.handler = (_req, res) => {
			res.writeHead(429, { 'Content-Type': 'application/json; charset=utf-8', 'Retry-After': '7' });
			res.end('{"error":{"code":"rate_limited"}}');
		};
		const response = await world.get('/v1/jobs');
		expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
		expect(await response.json()).toEqual({ error: { code: 'rate_limited' } });
	});

	test('without a body is forwarded', async () => {
		world.handler = (_req, res) => {
			res.writeHead(204).end();
		};
		const response = await world.get('/v1/jobs');
		expect([response.status, await response.text()]).toEqual([204, '']);
	});

	test.each([0, 1, 65_536, 65_537, 1_000_000])(
		'of %i bytes in pieces is forwarded byte for byte',
		async (sizeBytes) => {
			const body = Buffer.alloc(sizeBytes, 'abcdefg');
			world.handler = async (_req, res) => {
				res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(sizeBytes) });
				res.write(body.subarray(0, sizeBytes / 3));
				await delay(20);
				res.end(body.subarray(sizeBytes / 3));
			};
			const response = await world.get('/v1/jobs');
			expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
		},
	);

	test('is streamed as it is written', async () => {
		world.handler = async (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write('event: job\ndata: 1\n\n');
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		const reader = response.body?.getReader();
		const first = await reader?.read();
		expect(Buffer.from(first?.value ?? []).toString()).toBe('event: job\ndata: 1\n\n');
		await reader?.cancel();
	});

	test('that the client doesn’t read is not buffered in memory', async () => {
		let sentMib = 0;
		const cut = Promise.withResolvers<void>();
		world.handler = async (_req, res) => {
			res.once('close', () => cut.resolve());
			res.writeHead(200, { 'Content-Type': 'application/json' });
			for (; sentMib < 256 && !res.destroyed; sentMib += 1) {
				if (!res.write(Buffer.alloc(MIB))) await Promise.race([once(res, 'drain'), once(res, 'close')]);
			}
		};
		const socket = await open(world.gateway.publicPort);
		socket.pause();
		socket.write(`GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.auth.token()}\r\n\r\n`);
		await cut.promise;
		socket.destroy();
		expect(sentMib).toBeGreaterThan(0);
		expect(sentMib).toBeLessThan(64);
	});

	test.each([
		['long', {}],
		['short', { 'content-length': '1' }],
	])('that is %s is cut when its client does not read it in time', async (_, headers) => {
		const res = relayToNobody(headers);
		await once(res, 'close');
		expect(res.destroyed).toBe(true);
	});

	test('has no time limit if it is a stream', async () => {
		const res = relayToNobody({}, { kind: 'stream', waitMs: 0 });
		await delay(50);
		expect(res.destroyed).toBe(false);
		res.destroy();
	});
});

describe('a client that disconnects', () => {
	test('cancels the request to the service', async () => {
		const closed = Promise.withResolvers<void>();
		world.handler = (req) => {
			req.socket.once('close', () => closed.resolve());
		};
		const abort = new AbortController();
		const pendingRequest = fetch(`${world.gateway.url}/v1/jobs`, {
			headers: bearer(world.auth.token()),
			signal: abort.signal,
		});
		await waitUntil(() => world.received.length === 1);
		abort.abort();
		await expect(pendingRequest).rejects.toThrow();
		await closed.promise;
	});

	test('cancels a stream', async () => {
		const closed = Promise.withResolvers<void>();
		world.handler = (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
			res.once('close', () => closed.resolve());
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		await response.body?.cancel();
		await closed.promise;
	});
});

describe('a body', () => {
	test('is forwarded byte for byte', async () => {
		const body = Promise.withResolvers<Buffer>();
		world.handler = (req, res) => {
			readBody(req).then(body.resolve, body.reject);
			sendEmptyList(req, res);
		};
		const sent = `{"a":"\u00e9\\u0000 ${'x'.repeat(60_000)}"}`;
		await world.post(sent, { 'Content-Type': 'application/json' });
		expect((await body.promise).equals(Buffer.from(sent))).toBe(true);
	});

	test('in chunks is forwarded as one body', async () => {
		const body = Promise.withResolvers<Buffer>();
		world.handler = (req, res) => {
			readBody(req).then(body.resolve, body.reject);
			req.once('end', () => sendEmptyList(req, res));
		};
		const headers = [`Authorization: Bearer ${world.auth.token()}`, 'Transfer-Encoding: chunked'];
		const response = await rawRequest(
			world.gateway.publicPort,
			'POST /v1/jobs',
			headers,
			'2\r\n{"\r\n3\r\na":\r\n2\r\n1}\r\n0\r\n\r\n',
		);
		expect([response.status, String(await body.promise)]).toEqual([200, '{"a":1}']);
	});

	test('of a chunked DELETE stays a body and doesn’t become a request', async () => {
		world.handler = (req, res) => {
			req.resume().once('end', () => sendEmptyList(req, res));
		};
		const inner = 'GET /internal/secret HTTP/1.1\r\nHost: a\r\n\r\n';
		const headers = [`Authorization: Bearer ${world.auth.token()}`, 'Transfer-Encoding: chunked'];
		const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
		await rawRequest(world.gateway.publicPort, `DELETE /v1/jobs/${newId('job')}`, headers, chunk);
		expect(world.received.map(({ method }) => method)).toEqual(['DELETE']);
	});

	test('of exactly the limit is accepted', async () => {
		world.handler = (req, res) => {
			req.resume().once('end', () => sendEmptyList(req, res));
		};
		expect((await world.post('x'.repeat(BODY_LIMIT.job))).status).toBe(200);
	});

	test('with a declared length beyond the limit is refused before it is sent', async () => {
		const socket = await open(world.gateway.publicPort);
		socket.write(`POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_LIMIT.job + 1}\r\n\r\n`);
		const response = await readAll(socket);
		expect([response.status, response.headers.connection]).toEqual([413, 'close']);
		expect(JSON.parse(response.body).error.code).toBe('too_large');
		expect(world.received).toEqual([]);
	});

	test('beyond the limit gets a response while the client still sends', async () => {
		const response = await fetch(`${world.gateway.url}/v1/jobs`, {
			method: 'POST',
			body: 'x'.repeat(5 * MIB),
		});
		await expectError(response, 413, 'too_large');
	});

	test('beyond the limit is read slowly after the response', async () => {
		const socket = await open(world.gateway.publicPort);
		socket.write(`POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: ${1_000 * MIB}\r\n\r\n`);
		const answered = once(socket, 'data');
		const chunk = Buffer.alloc(MIB);
		const write = (error?: Error | null) => {
			if (!error && socket.writable) socket.write(chunk, write);
		};
		write();
		await answered;
		await delay(500);
		// At full speed it would be a multiple: 64 KiB are read every 20 ms, and the kernel buffers some MiB.
		expect(socket.bytesWritten - socket.writableLength).toBeLessThan(20 * MIB);
		socket.destroy();
	});

	test('in chunks beyond the limit is cut off', async () => {
		world.handler = (req, res) => {
			req.on('error', () => undefined);
			req.resume().once('end', () => sendEmptyList(req, res));
		};
		const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
		const headers = [`Authorization: Bearer ${world.auth.token()}`, 'Transfer-Encoding: chunked'];
		const body = `${chunk.repeat(20)}0\r\n\r\n`;
		const response = await rawRequest(world.gateway.publicPort, `POST ${COMPLETE}`, headers, body);
		expect([response.status, JSON.parse(response.body).error.code]).toEqual([413, 'too_large']);
		expect(world.received).toEqual([]);
	});

	test('in chunks beyond the limit ends its connection, and the bytes after it are not read as a request', async () => {
		world.handler = (req, res) => {
			req.on('error', () => undefined);
			req.resume().once('end', () => sendEmptyList(req, res));
		};
		const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
		const head = `POST ${COMPLETE} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.auth.token()}\r\n`;
		const next = 'GET /v1/tools HTTP/1.1\r\nHost: a\r\n\r\n';
		const response = await sendRaw(
			world.gateway.publicPort,
			`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}0\r\n\r\n${next}`,
		);
		expect([response.status, response.headers.connection]).toEqual([413, 'close']);
		expect(response.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
		expect(world.received).toEqual([]);
	});

	test('of 1 MiB of empty arrays never reaches the sign-in service', async () => {
		const before = { ...world.auth.counts };
		const body = JSON.stringify({ x: new Array(340_000).fill([]) });
		const headers = { 'Content-Type': 'application/json' };
		const response = await fetch(`${world.gateway.url}/v1/auth/login`, { method: 'POST', body, headers });
		await expectError(response, 413, 'too_large');
		expect(world.auth.counts).toEqual({ ...before, lease: world.auth.counts.lease });
	});

	test('is ignored if it is short and the operation has no request body', async () => {
		world.handler = (req, res) => {
			req.resume().once('end', () => sendEmptyList(req, res));
		};
		const cancel = (body: string) =>
			fetch(`${world.gateway.url}/v1/jobs/${newId('job')}/cancel`, {
				method: 'POST',
				body,
				headers: bearer(world.auth.token()),
			});
		expect((await cancel('{}')).status).toBe(200);
		await expectError(await cancel('x'.repeat(5_000)), 413, 'too_large');
		expect(world.received).toHaveLength(1);
	});

	test('is requested with 100 Continue only when it will be read', async () => {
		const expectation = ['Content-Length: 2', 'Expect: 100-continue'];
		const refused = await rawRequest(world.gateway.publicPort, 'POST /v1/jobs', expectation);
		expect(refused.text).toMatch(/^HTTP\/1\.1 401/);
		const headers = [...expectation, `Authorization: Bearer ${world.auth.token()}`];
		const taken = await rawRequest(world.gateway.publicPort, 'POST /v1/jobs', headers, '{}');
		expect(taken.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
	});
});

test('an early response of a service is forwarded while a long body of an unauthenticated request is still arriving', async () => {
	world.handler = (_req, res) => {
		res.writeHead(400, { 'Content-Type': 'application/json' });
		res.end('{"error":{"code":"validation"}}');
	};
	const gateway = await startTestGateway({
		auth: world.auth,
		jobsUrl: world.jobs.url,
		env: { BILLING_URL: world.jobs.url },
	});
	const req = httpRequest(`${gateway.url}/v1/billing/webhook`, {
		method: 'POST',
		headers: { 'Content-Length': '10000' },
	});
	req.on('error', () => undefined);
	req.write('{');
	const [response] = (await once(req, 'response')) as [IncomingMessage];
	expect(response.statusCode).toBe(400);
	req.destroy();
	await gateway.stop();
});

describe('a service that fails', () => {
	test('causes 503 with Retry-After when it is down', async () => {
		const response = await world.get('/v1/billing');
		expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
		await expectError(response, 503, 'upstream_unavailable');
	});

	test('causes 503 when it closes the connection', async () => {
		world.handler = (req) => req.socket.destroy();
		await expectError(await world.get('/v1/jobs'), 503, 'upstream_unavailable');
	});

	test('causes 503 when it doesn’t send HTTP', async () => {
		world.handler = (req) => req.socket.end('hello\r\n\r\n');
		await expectError(await world.get('/v1/jobs'), 503, 'upstream_unavailable');
	});

	test('causes 504 when it sends nothing in time', async () => {
		world.handler = () => undefined;
		await expectError(await world.get('/v1/jobs'), 504, 'upstream_unavailable');
		expect(world.warnings.filter(({ event }) => event === 'gateway.upstream_failed')).toMatchObject([
			{ reason: 'upstream timeout: no data for 0.4 s' },
		]);
	});

	test('may stay silent for the duration of a long poll in addition', async () => {
		world.handler = (_req, res) => {
			setTimeout(() => sendEmptyList(_req, res), SILENCE_MS + 300);
		};
		expect((await world.get(`/v1/jobs/${newId('job')}?wait=1`)).status).toBe(200);
		const startedAtMs = performance.now();
		world.handler = () => undefined;
		await expectError(await world.get(`/v1/jobs/${newId('job')}?wait=1`), 504, 'upstream_unavailable');
		expect(performance.now() - startedAtMs).toBeGreaterThan(1_000);
	});

	test('in the middle of a response cuts the response', async () => {
		world.handler = (req, res) => {
			res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
			res.write('{', () => req.socket.destroy());
		};
		const response = await world.get('/v1/jobs');
		await expect(response.text()).rejects.toThrow();
	});

	test('by going silent cuts its event stream', async () => {
		world.handler = (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		await expect(response.text()).rejects.toThrow();
	});

	test('keeps its event stream while it sends comments', async () => {
		world.handler = async (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			for (let comment = 0; comment < 5; comment += 1) {
				res.write(': still here\n\n');
				await delay(SILENCE_MS / 2);
			}
			res.end();
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		expect((await response.text()).match(/still here/g)?.length).toBe(5);
	});

	test.each([
		[500, 500, 'internal'],
		[502, 503, 'upstream_unavailable'],
		[504, 504, 'upstream_unavailable'],
		[431, 500, 'internal'],
	])(
		'with %i in another format has its response replaced by an error envelope',
		async (given, status, code) => {
			world.handler = (_req, res) => {
				res.writeHead(given, { 'Content-Type': 'text/html' });
				res.end('<h1>secret host</h1>');
			};
			await expectError(await world.get('/v1/jobs'), status, code);
		},
	);

	test('with an error envelope is forwarded', async () => {
		world.handler = (_req, res) => {
			res.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '2' });
			res.end('{"error":{"code":"upstream_unavailable","message":"the store"}}');
		};
		const response = await world.get('/v1/jobs');
		expect(await response.json()).toMatchObject({ error: { message: 'the store' } });
	});
});

describe('when the service closes a keep-alive connection', () => {
	/** Makes the service close the next request's connection, which was used before. */
	async function cutNext(): Promise<void> {
		await (await world.get('/v1/tools', {})).text();
		world.handler = (req) => {
			world.handler = sendEmptyList;
			req.socket.destroy();
		};
	}

	test('a GET is retried', async () => {
		await cutNext();
		expect((await world.get('/v1/tools', {})).status).toBe(200);
		expect(world.received.length).toBe(3);
	});

	test('a POST is not retried', async () => {
		await cutNext();
		await expectError(await world.post('{}'), 503, 'upstream_unavailable');
		expect(world.received.filter(({ method }) => method === 'POST').length).toBe(1);
	});

	test('a GET is retried once at most', async () => {
		await (await world.get('/v1/tools', {})).text();
		world.handler = (req) => req.socket.destroy();
		await expectError(await world.get('/v1/tools', {}), 503, 'upstream_unavailable');
		expect(world.received.length).toBe(3);
	});
});

describe('a client of a gateway that reads no response', () => {
	let gateway: TestGateway;
	let sending: ServerResponse;

	beforeAll(async () => {
		gateway = await startTestGateway({
			auth: world.auth,
			jobsUrl: world.jobs.url,
			limits: { slowReaderMs: SLOW_READER_MS, upstreamSilenceMs: 600_000 },
		});
	});
	beforeEach(() => {
		world.handler = (_req, res) => {
			sending = res;
			res.writeHead(200, { 'Content-Type': 'application/json' });
			res.write(Buffer.alloc(32 * MIB));
		};
	});
	afterAll(() => gateway.stop());

	/** Requests a path without reading the response. */
	async function request(path: string): Promise<Socket> {
		const received = once(world.jobs.server, 'request');
		const socket = connect(gateway.publicPort, '127.0.0.1').on('error', () => undefined);
		socket.pause();
		socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.auth.token()}\r\n\r\n`);
		await received;
		return socket;
	}

	test('is disconnected, so that the service can drop the response', async () => {
		const socket = await request('/v1/jobs');
		await once(sending, 'close', { signal: AbortSignal.timeout(20_000) });
		expect(sending.writableFinished).toBe(false);
		socket.destroy();
	});

	test('keeps an event stream', async () => {
		const socket = await request(`/v1/jobs/${newId('job')}/events`);
		await delay(3 * SLOW_READER_MS);
		expect(sending.closed).toBe(false);
		socket.destroy();
	});
});
