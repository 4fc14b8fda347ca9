import { once } from 'node:events';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, type TestGateway, waitUntil } from '../testing/gateway.ts';
import { open, readAll } from '../testing/raw.ts';

const PERMITS = 2;

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let gateway: TestGateway;
/** A gateway with a short body timeout. */
let hastyGateway: TestGateway;
/** Number of requests that the service has begun to read. */
let begun = 0;
/** Bodies that the service has received. */
let bodies: string[] = [];
let sockets: Socket[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		begun += 1;
		const response = (body: string) => {
			bodies.push(body);
			res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
		};
		// A client may disconnect while it sends.
		text(req).then(response, () => undefined);
	});
	const start = (anonymousBodyMs: number) =>
		startTestGateway({
			auth,
			jobsUrl: jobs.url,
			env: { BILLING_URL: jobs.url },
			limits: {
				anonymousConcurrentRequests: PERMITS,
				anonymousMinPermitMs: 0,
				anonymousQueuedRequests: 0,
				anonymousBodyMs,
				drainMs: 500,
			},
		});
	[gateway, hastyGateway] = await Promise.all([start(60_000), start(50)]);
});

afterEach(() => {
	for (const socket of sockets) socket.destroy();
	sockets = [];
	bodies = [];
	begun = 0;
});

afterAll(async () => {
	await Promise.all([gateway.stop(), hastyGateway.stop()]);
	await jobs.close();
	await auth.close();
});

/** Sends the head of a request and the beginning of its body. */
async function begin(line: string, framing: string, body: string, of = gateway): Promise<Socket> {
	const socket = await open(of.publicPort);
	sockets.push(socket);
	socket.write(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${framing}\r\n\r\n${body}`);
	return socket;
}

/** Reads the head without waiting for the end of the connection, which lingers. */
const readHead = async (socket: Socket) => String((await once(socket, 'data'))[0]);

const login = async () =>
	(await fetch(`${gateway.url}/v1/auth/login`, { method: 'POST', body: '{}' })).status;

describe('a small body of an unauthenticated request', () => {
	test('that arrives slowly holds no permit', async () => {
		for (let count = 0; count < 4 * PERMITS; count += 1)
			await begin('GET /v1/tools', 'Content-Length: 10', '{');
		await delay(50);
		expect((await fetch(`${gateway.url}/v1/tools`)).status).toBe(200);
		expect(begun).toBe(1);
	});

	test.each([
		['Content-Length: 10', '{'],
		['Transfer-Encoding: chunked', '1\r\n{\r\n'],
	])('that does not arrive in time is refused, and its connection closed (%s)', async (framing, body) => {
		const response = await readHead(await begin('GET /v1/tools', framing, body, hastyGateway));
		expect(response).toMatch(/^HTTP\/1\.1 400 .*\r\nConnection: close/s);
		expect(bodies).toEqual([]);
	});

	test.each([
		['Content-Length: 10', '01234', '56789'],
		['Transfer-Encoding: chunked', '5\r\n01234\r\n', '5\r\n56789\r\n0\r\n\r\n'],
	])('that arrives in parts reaches the service as one (%s)', async (framing, first, last) => {
		const socket = await begin('GET /v1/tools', framing, first);
		await delay(20);
		socket.write(last);
		expect((await readAll(socket)).status).toBe(200);
		expect(bodies).toEqual(['0123456789']);
	});

	test('that grows beyond the limit of its operation is refused at once', async () => {
		const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`;
		const socket = await begin('GET /v1/tools', 'Transfer-Encoding: chunked', chunk + chunk);
		expect(await readHead(socket)).toMatch(/^HTTP\/1\.1 413/);
		expect(bodies).toEqual([]);
	});

	test('is requested once with 100 Continue', async () => {
		const framing = 'Content-Length: 2\r\nExpect: 100-continue';
		const socket = await begin('GET /v1/tools', framing, '');
		socket.once('data', () => socket.write('{}'));
		const response = await readAll(socket);
		expect(response.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
		expect(bodies).toEqual(['{}']);
	});

	test('of a client that disconnects costs nothing', async () => {
		const socket = await begin('GET /v1/tools', 'Content-Length: 10', '{');
		await delay(20);
		socket.destroy();
		expect((await fetch(`${gateway.url}/v1/tools`)).status).toBe(200);
		expect(bodies).toEqual(['']);
	});
});

describe('the body of a request that creates a job', () => {
	const HALF = 32 * 1024;
	const beginJob = (framing: string, body: string) =>
		begin('POST /v1/jobs', `Authorization: ${bearer(auth.token()).Authorization}\r\n${framing}`, body);
	const chunkOf = (bytes: number) => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;

	test.each([
		[`Content-Length: ${2 * HALF}`, 'x'.repeat(HALF), 'x'.repeat(HALF)],
		['Transfer-Encoding: chunked', chunkOf(HALF), `${chunkOf(HALF)}0\r\n\r\n`],
	])('reaches the service when all 64 KiB have arrived (%s)', async (framing, first, last) => {
		const socket = await beginJob(framing, first);
		await delay(50);
		expect(begun).toBe(0);
		socket.write(last);
		expect((await readAll(socket)).status).toBe(200);
		expect(bodies.map(({ length }) => length)).toEqual([2 * HALF]);
	});

	test('may arrive while its credential is looked up', async () => {
		const lookup = Promise.withResolvers<void>();
		auth.beforeCheckResponse = () => lookup.promise;
		const socket = await beginJob('Transfer-Encoding: chunked', chunkOf(HALF) + chunkOf(HALF));
		await delay(200);
		lookup.resolve();
		await delay(50);
		socket.write('0\r\n\r\n');
		expect((await readAll(socket)).status).toBe(200);
		expect(bodies.map(({ length }) => length)).toEqual([2 * HALF]);
	});

	test('is refused when it grows beyond the limit', async () => {
		const socket = await beginJob('Transfer-Encoding: chunked', chunkOf(HALF) + chunkOf(HALF) + chunkOf(1));
		expect(await readHead(socket)).toMatch(/^HTTP\/1\.1 413/);
		expect(begun).toBe(0);
	});
});

test('large bodies that arrive slowly do not block sign-ins from their network', async () => {
	await begin('POST /v1/billing/webhook', 'Content-Length: 100000', '{');
	await waitUntil(() => begun === 1);
	// The body has taken one permit for each 64 KiB, and so all permits.
	const event = () => fetch(`${gateway.url}/v1/billing/webhook`, { method: 'POST', body: '{}' });
	// 404: the fake auth has no such route.
	expect([(await event()).status, await login()]).toEqual([429, 404]);
});
