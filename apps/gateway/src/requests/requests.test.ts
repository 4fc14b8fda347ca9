import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { newKeys } from '../testing/keys.ts';
import { open, readAll } from '../testing/raw.ts';
import { startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';

let auth: FakeAuth;

beforeAll(async () => {
	auth = await startFakeAuth();
});

afterAll(() => auth.close());

/** Creates a web app of one page and these files. Returns its directory. */
function makeWebApp(files: Record<string, Buffer> = {}): string {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-web-'));
	mkdirSync(join(directory, 'public'));
	writeFileSync(join(directory, 'pages.json'), '["/"]');
	writeFileSync(join(directory, 'public', 'index.html'), '<!doctype html>');
	for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, 'public', name), bytes);
	return directory;
}

describe('arrival of bodies:', () => {
	const PERMITS = 2;

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
});

describe('paced responses:', () => {
	/** Delays beyond the burst don't end within a test. */
	const BURST = 3;
	const ORIGIN = 'https://app.example.com';

	let gateway: TestGateway;
	let webDirectory: string;
	let networks = 0;
	let aborts: AbortController[] = [];

	beforeAll(async () => {
		webDirectory = makeWebApp();
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

	const preflight = {
		method: 'OPTIONS',
		headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'POST' },
	};

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
});

describe('slow readers:', () => {
	/** More than the kernel keeps for a client that doesn't read. */
	const FILE_BYTES = 32 * 1024 * 1024;
	const SLOW_READER_MS = 3_000;

	let gateway: TestGateway;
	let build: string;

	beforeAll(async () => {
		build = makeWebApp({
			'large.js': Buffer.alloc(FILE_BYTES, ' '),
			'medium.js': Buffer.alloc(FILE_BYTES / 16, ' '),
		});
		gateway = await startTestGateway({
			auth,
			env: { WEB_DIR: build },
			limits: { slowReaderMs: SLOW_READER_MS },
		});
	});

	afterAll(async () => {
		await gateway.stop();
		rmSync(build, { recursive: true });
	});

	const countConnections = () => promisify(gateway.publicServer.getConnections.bind(gateway.publicServer))();

	test('a client that doesn’t read the gateway’s own response in time is disconnected', async () => {
		const others = await countConnections();
		const socket = await open(gateway.publicPort);
		socket.on('error', () => undefined);
		socket.pause();
		socket.write('GET /large.js HTTP/1.1\r\nHost: gateway\r\n\r\n');
		await waitUntil(async () => (await countConnections()) === others + 1);
		await waitUntil(async () => (await countConnections()) === others);
		socket.destroy();
	});

	test('a client that reads it in time keeps its connection', async () => {
		const response = await fetch(`${gateway.url}/medium.js`);
		expect((await response.arrayBuffer()).byteLength).toBe(FILE_BYTES / 16);
		await delay(SLOW_READER_MS + 500);
		expect(await countConnections()).toBe(1);
	});
});
