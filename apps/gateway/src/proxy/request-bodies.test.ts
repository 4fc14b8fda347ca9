import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { BODY_LIMIT } from '@creatorr/contracts/body-limit';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, startTestGateway } from '../testing/gateway.ts';
import {
	expectError,
	type ProxiedGateway,
	readBody,
	sendEmptyList,
	startProxiedGateway,
} from '../testing/proxied-gateway.ts';
import { open, rawRequest, readAll, sendRaw } from '../testing/raw.ts';

const MIB = 1024 * 1024;

const COMPLETE = `/v1/files/${newId('fil')}/complete`;

let world: ProxiedGateway;

beforeAll(async () => {
	world = await startProxiedGateway();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

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
