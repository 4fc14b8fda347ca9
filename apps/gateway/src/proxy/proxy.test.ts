import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { BODY_LIMIT } from '@creatorr/contracts/body-limit';
import { newId } from '@creatorr/contracts/ids';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import {
	bearer,
	freePort,
	startTestGateway,
	startUpstream,
	type TestGateway,
	waitUntil,
} from '../testing/gateway.ts';
import { open, rawRequest, readAll, sendRaw } from '../testing/raw.ts';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

const SILENCE_MS = 400;
const MIB = 1024 * 1024;

let auth: FakeAuth;
let gateway: TestGateway;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let handler: Handler;
let received: IncomingMessage[];

const answerOk: Handler = (_req, res) => {
	res.setHeader('Content-Type', 'application/json');
	res.end('{"data":[]}');
};

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		received.push(req);
		handler(req, res);
	});
	gateway = await startTestGateway({
		auth,
		jobsUrl: jobs.url,
		filesUrl: `http://127.0.0.1:${await freePort()}`,
		env: { TRUSTED_PROXIES: '127.0.0.1' },
		limits: { upstreamSilenceMs: SILENCE_MS },
	});
});

beforeEach(() => {
	handler = answerOk;
	received = [];
});

afterAll(async () => {
	await gateway.stop();
	await jobs.close();
	await auth.close();
});

const get = (path: string, headers: Record<string, string> = bearer(auth.token())) =>
	fetch(`${gateway.url}${path}`, { headers });

const post = (body: string, headers: Record<string, string> = {}) =>
	fetch(`${gateway.url}/v1/jobs`, { method: 'POST', body, headers: { ...bearer(auth.token()), ...headers } });

async function readBody(req: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of req) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

async function expectError(response: Response, status: number, code: string): Promise<void> {
	expect(response.status).toBe(status);
	const { error } = (await response.json()) as { error: { code: string; request_id: string } };
	expect(error.code).toBe(code);
	expect(response.headers.get('x-request-id')).toBe(error.request_id);
}

describe('a service', () => {
	test('gets the user in an identity that the gateway signed', async () => {
		const ids = { sub: newId('usr'), sid: newId('ses') };
		await get('/v1/jobs', bearer(auth.token(ids)));
		const verify = createIdentityVerifier({ keys: [gateway.keys.jwk('gateway')] });
		const identity = verify(String(received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({ caller: 'gateway', user: { id: ids.sub, sessionId: ids.sid } });
	});

	test('gets an identity without a user for a public request', async () => {
		await get('/v1/tools');
		const verify = createIdentityVerifier({ keys: [gateway.keys.jwk('gateway')] });
		const identity = verify(String(received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({ caller: 'gateway', user: null });
	});

	test('gets the request id that the client gets', async () => {
		const response = await get('/v1/tools', {});
		expect(received[0]?.headers['x-request-id']).toBe(response.headers.get('x-request-id'));
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
	])('gets nothing of a client’s %s', async (name) => {
		await rawRequest(gateway.publicPort, 'GET /v1/tools', [`${name}: forged`]);
		expect(received[0]?.rawHeaders).not.toContain('forged');
	});

	test('gets no header that the client names in Connection', async () => {
		const token = auth.token();
		const headers = [`Authorization: Bearer ${token}`, 'Connection: close, x-creatorr-identity'];
		await rawRequest(gateway.publicPort, 'GET /v1/jobs', headers);
		expect(received[0]?.headers['x-creatorr-identity']).toMatch(/^ey/);
	});

	test('gets no token', async () => {
		await get('/v1/jobs');
		expect(received[0]?.headers.authorization).toBeUndefined();
	});

	test('gets the client’s address from a trusted proxy', async () => {
		await get('/v1/tools', { 'X-Forwarded-For': '6.6.6.6, 1.2.3.4' });
		expect(received[0]?.headers['x-forwarded-for']).toBe('1.2.3.4');
	});

	test('gets path and query unchanged', async () => {
		await get('/v1/jobs?cursor=a%2Fb%20&limit=2');
		expect(received[0]?.url).toBe('/v1/jobs?cursor=a%2Fb%20&limit=2');
	});

	test('is called over keep-alive connections', async () => {
		for (let turn = 0; turn < 5; turn += 1) await (await get('/v1/tools', {})).text();
		expect(new Set(received.map(({ socket }) => socket.remotePort)).size).toBe(1);
	});
});

describe('a body', () => {
	test('is forwarded byte for byte', async () => {
		const body = Promise.withResolvers<Buffer>();
		handler = (req, res) => {
			readBody(req).then(body.resolve, body.reject);
			answerOk(req, res);
		};
		const sent = `{"a":"\u00e9\\u0000 ${'x'.repeat(60_000)}"}`;
		await post(sent, { 'Content-Type': 'application/json' });
		expect((await body.promise).equals(Buffer.from(sent))).toBe(true);
	});

	test('in chunks is forwarded as one body', async () => {
		const body = Promise.withResolvers<Buffer>();
		handler = (req, res) => {
			readBody(req).then(body.resolve, body.reject);
			req.once('end', () => answerOk(req, res));
		};
		const headers = [`Authorization: Bearer ${auth.token()}`, 'Transfer-Encoding: chunked'];
		const response = await rawRequest(
			gateway.publicPort,
			'POST /v1/jobs',
			headers,
			'2\r\n{"\r\n3\r\na":\r\n2\r\n1}\r\n0\r\n\r\n',
		);
		expect([response.status, String(await body.promise)]).toEqual([200, '{"a":1}']);
	});

	test('of a chunked DELETE stays a body and doesn’t become a request', async () => {
		handler = (req, res) => {
			req.resume().once('end', () => answerOk(req, res));
		};
		const inner = 'GET /internal/secret HTTP/1.1\r\nHost: a\r\n\r\n';
		const headers = [`Authorization: Bearer ${auth.token()}`, 'Transfer-Encoding: chunked'];
		const chunk = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
		await rawRequest(gateway.publicPort, `DELETE /v1/jobs/${newId('job')}`, headers, chunk);
		expect(received.map(({ method }) => method)).toEqual(['DELETE']);
	});

	test('of exactly the limit is accepted', async () => {
		handler = (req, res) => {
			req.resume().once('end', () => answerOk(req, res));
		};
		expect((await post('x'.repeat(BODY_LIMIT.job))).status).toBe(200);
	});

	test('with a declared length beyond the limit is refused before it is sent', async () => {
		const socket = await open(gateway.publicPort);
		socket.write(`POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_LIMIT.job + 1}\r\n\r\n`);
		const response = await readAll(socket);
		expect([response.status, response.headers.connection]).toEqual([413, 'close']);
		expect(JSON.parse(response.body).error.code).toBe('too_large');
		expect(received).toEqual([]);
	});

	test('beyond the limit gets a response while the client still sends', async () => {
		const response = await fetch(`${gateway.url}/v1/jobs`, { method: 'POST', body: 'x'.repeat(5 * MIB) });
		await expectError(response, 413, 'too_large');
	});

	test('beyond the limit is read slowly after the response', async () => {
		const socket = await open(gateway.publicPort);
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
		handler = (req, res) => {
			req.on('error', () => undefined);
			req.resume().once('end', () => answerOk(req, res));
		};
		const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
		const headers = [`Authorization: Bearer ${auth.token()}`, 'Transfer-Encoding: chunked'];
		const body = `${chunk.repeat(20)}0\r\n\r\n`;
		const response = await rawRequest(gateway.publicPort, 'POST /v1/jobs', headers, body);
		expect([response.status, JSON.parse(response.body).error.code]).toEqual([413, 'too_large']);
		expect(received[0]?.complete).toBe(false);
	});

	test('in chunks beyond the limit ends its connection: nothing after it is a request', async () => {
		handler = (req, res) => {
			req.on('error', () => undefined);
			req.resume().once('end', () => answerOk(req, res));
		};
		const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
		const head = `POST /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${auth.token()}\r\n`;
		const next = 'GET /v1/tools HTTP/1.1\r\nHost: a\r\n\r\n';
		const response = await sendRaw(
			gateway.publicPort,
			`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n${next}`,
		);
		expect([response.status, response.headers.connection]).toEqual([413, 'close']);
		expect(response.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
		expect(received.map(({ url }) => url)).toEqual(['/v1/jobs']);
	});

	test('of 1 MiB of empty arrays never reaches the sign-in service', async () => {
		const before = { ...auth.counts };
		const body = JSON.stringify({ x: new Array(340_000).fill([]) });
		const headers = { 'Content-Type': 'application/json' };
		const response = await fetch(`${gateway.url}/v1/auth/login`, { method: 'POST', body, headers });
		await expectError(response, 413, 'too_large');
		expect(auth.counts).toEqual({ ...before, lease: auth.counts.lease });
	});

	test('is ignored if it is short and the operation has none', async () => {
		handler = (req, res) => {
			req.resume().once('end', () => answerOk(req, res));
		};
		const cancel = (body: string) =>
			fetch(`${gateway.url}/v1/jobs/${newId('job')}/cancel`, {
				method: 'POST',
				body,
				headers: bearer(auth.token()),
			});
		expect((await cancel('{}')).status).toBe(200);
		await expectError(await cancel('x'.repeat(5_000)), 413, 'too_large');
		expect(received).toHaveLength(1);
	});

	test('is requested with 100 Continue only when it will be read', async () => {
		const expectation = ['Content-Length: 2', 'Expect: 100-continue'];
		const refused = await rawRequest(gateway.publicPort, 'POST /v1/jobs', expectation);
		expect(refused.text).toMatch(/^HTTP\/1\.1 401/);
		const headers = [...expectation, `Authorization: Bearer ${auth.token()}`];
		const taken = await rawRequest(gateway.publicPort, 'POST /v1/jobs', headers, '{}');
		expect(taken.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
	});
});

describe('a response', () => {
	test('is forwarded with status, body and the headers of the contract', async () => {
		handler = (_req, res) => {
			res.writeHead(429, { 'Content-Type': 'application/json; charset=utf-8', 'Retry-After': '7' });
			res.end('{"error":{"code":"rate_limited"}}');
		};
		const response = await get('/v1/jobs');
		expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
		expect(await response.json()).toEqual({ error: { code: 'rate_limited' } });
	});

	test('without a body is forwarded', async () => {
		handler = (_req, res) => {
			res.writeHead(204).end();
		};
		const response = await get('/v1/jobs');
		expect([response.status, await response.text()]).toEqual([204, '']);
	});

	test.each([0, 1, 65_536, 65_537, 1_000_000])(
		'of %i bytes in pieces is forwarded byte for byte',
		async (sizeBytes) => {
			const body = Buffer.alloc(sizeBytes, 'abcdefg');
			handler = async (_req, res) => {
				res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(sizeBytes) });
				res.write(body.subarray(0, sizeBytes / 3));
				await delay(20);
				res.end(body.subarray(sizeBytes / 3));
			};
			const response = await get('/v1/jobs');
			expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
		},
	);

	test('is streamed as it is written', async () => {
		handler = async (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write('event: job\ndata: 1\n\n');
		};
		const response = await get(`/v1/jobs/${newId('job')}/events`);
		const reader = response.body?.getReader();
		const first = await reader?.read();
		expect(Buffer.from(first?.value ?? []).toString()).toBe('event: job\ndata: 1\n\n');
		await reader?.cancel();
	});

	test('that the client doesn’t read is not buffered in memory', async () => {
		let sentMib = 0;
		const cut = Promise.withResolvers<void>();
		handler = async (_req, res) => {
			res.once('close', () => cut.resolve());
			res.writeHead(200, { 'Content-Type': 'application/json' });
			for (; sentMib < 256 && !res.destroyed; sentMib += 1) {
				if (!res.write(Buffer.alloc(MIB))) await Promise.race([once(res, 'drain'), once(res, 'close')]);
			}
		};
		const socket = await open(gateway.publicPort);
		socket.pause();
		socket.write(`GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${auth.token()}\r\n\r\n`);
		await cut.promise;
		socket.destroy();
		expect(sentMib).toBeGreaterThan(0);
		expect(sentMib).toBeLessThan(64);
	});
});

describe('a client that disconnects', () => {
	test('cancels the request to the service', async () => {
		const closed = Promise.withResolvers<void>();
		handler = (req) => {
			req.socket.once('close', () => closed.resolve());
		};
		const abort = new AbortController();
		const asked = fetch(`${gateway.url}/v1/jobs`, { headers: bearer(auth.token()), signal: abort.signal });
		await waitUntil(() => received.length === 1);
		abort.abort();
		await expect(asked).rejects.toThrow();
		await closed.promise;
	});

	test('cancels a stream', async () => {
		const closed = Promise.withResolvers<void>();
		handler = (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
			res.once('close', () => closed.resolve());
		};
		const response = await get(`/v1/jobs/${newId('job')}/events`);
		await response.body?.cancel();
		await closed.promise;
	});
});

describe('a service that fails', () => {
	test('returns 503 with Retry-After when it is down', async () => {
		const response = await get('/v1/files');
		expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
		await expectError(response, 503, 'upstream_unavailable');
	});

	test('returns 503 when it closes the connection', async () => {
		handler = (req) => req.socket.destroy();
		await expectError(await get('/v1/jobs'), 503, 'upstream_unavailable');
	});

	test('returns 503 when it sends no HTTP', async () => {
		handler = (req) => req.socket.end('hello\r\n\r\n');
		await expectError(await get('/v1/jobs'), 503, 'upstream_unavailable');
	});

	test('returns 504 when it sends nothing in time', async () => {
		handler = () => undefined;
		await expectError(await get('/v1/jobs'), 504, 'upstream_unavailable');
	});

	test('gets the time of a wait in addition', async () => {
		handler = (_req, res) => {
			setTimeout(() => answerOk(_req, res), SILENCE_MS + 300);
		};
		expect((await get(`/v1/jobs/${newId('job')}?wait=1`)).status).toBe(200);
		const startedAtMs = performance.now();
		handler = () => undefined;
		await expectError(await get(`/v1/jobs/${newId('job')}?wait=1`), 504, 'upstream_unavailable');
		expect(performance.now() - startedAtMs).toBeGreaterThan(1_000);
	});

	test('in the middle of a response cuts it, and doesn’t complete it', async () => {
		handler = (req, res) => {
			res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
			res.write('{', () => req.socket.destroy());
		};
		const response = await get('/v1/jobs');
		await expect(response.text()).rejects.toThrow();
	});

	test('by going silent in a stream cuts it', async () => {
		handler = (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
		};
		const response = await get(`/v1/jobs/${newId('job')}/events`);
		await expect(response.text()).rejects.toThrow();
	});

	test('doesn’t end a stream that sends something in time', async () => {
		handler = async (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			for (let comment = 0; comment < 5; comment += 1) {
				res.write(': still here\n\n');
				await delay(SILENCE_MS / 2);
			}
			res.end();
		};
		const response = await get(`/v1/jobs/${newId('job')}/events`);
		expect((await response.text()).match(/still here/g)?.length).toBe(5);
	});

	test.each([
		[500, 500, 'internal'],
		[502, 503, 'upstream_unavailable'],
		[504, 504, 'upstream_unavailable'],
		[431, 500, 'internal'],
	])('with %i in another format gets the error envelope', async (given, status, code) => {
		handler = (_req, res) => {
			res.writeHead(given, { 'Content-Type': 'text/html' });
			res.end('<h1>secret host</h1>');
		};
		await expectError(await get('/v1/jobs'), status, code);
	});

	test('keeps its error of the contract', async () => {
		handler = (_req, res) => {
			res.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '2' });
			res.end('{"error":{"code":"upstream_unavailable","message":"the store"}}');
		};
		const response = await get('/v1/jobs');
		expect(await response.json()).toMatchObject({ error: { message: 'the store' } });
	});
});

describe('a keep-alive connection that the service closes', () => {
	/** Makes the service close the next request's connection, which was used before. */
	async function cutNext(): Promise<void> {
		await (await get('/v1/tools', {})).text();
		handler = (req) => {
			handler = answerOk;
			req.socket.destroy();
		};
	}

	test('is invisible to a GET', async () => {
		await cutNext();
		expect((await get('/v1/tools', {})).status).toBe(200);
		expect(received.length).toBe(3);
	});

	test('doesn’t retry a POST', async () => {
		await cutNext();
		await expectError(await post('{}'), 503, 'upstream_unavailable');
		expect(received.filter(({ method }) => method === 'POST').length).toBe(1);
	});

	test('is retried once at most', async () => {
		await (await get('/v1/tools', {})).text();
		handler = (req) => req.socket.destroy();
		await expectError(await get('/v1/tools', {}), 503, 'upstream_unavailable');
		expect(received.length).toBe(3);
	});
});

test('an early response of a service is forwarded while a long body is still arriving', async () => {
	handler = (_req, res) => {
		res.writeHead(400, { 'Content-Type': 'application/json' });
		res.end('{"error":{"code":"validation"}}');
	};
	const req = httpRequest(`${gateway.url}/v1/jobs`, {
		method: 'POST',
		headers: { ...bearer(auth.token()), 'Content-Length': '10000' },
	});
	req.on('error', () => undefined);
	req.write('{');
	const [response] = (await once(req, 'response')) as [IncomingMessage];
	expect(response.statusCode).toBe(400);
	req.destroy();
});
