import { once } from 'node:events';
import { Agent, get, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { limitedRequests, startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { open, rawRequest, readAll, sendRaw } from '../testing/raw.ts';
import { startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { keepAliveMsAt } from './connection-limit.ts';

const ASK = 'GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n';

let auth: FakeAuth;
/** Connections of the test, which end with it. */
let sockets: Socket[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
});

afterAll(() => auth.close());

function closeSockets(): void {
	for (const socket of sockets) socket.destroy();
	sockets = [];
}

describe('the limit of connections of a network:', () => {
	const LIMIT = 5;
	const FLOODER = '127.0.0.9';
	const OTHER = '127.0.0.10';

	let gateway: TestGateway;

	afterEach(async () => {
		closeSockets();
		await gateway.stop();
	});

	async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
		gateway = await startTestGateway({
			auth,
			env,
			limits: { maxConnectionsPerNetwork: LIMIT, headersTimeoutMs: 1_000, requestTimeoutMs: 2_000 },
		});
	}

	function openFrom(localAddress: string): Promise<Socket> {
		return new Promise((resolve, reject) => {
			const socket = connect({ port: gateway.publicPort, host: '127.0.0.1', localAddress }, () =>
				resolve(socket),
			);
			socket.once('error', reject);
			sockets.push(socket);
		});
	}

	/** Opens idle connections, each after one request. */
	async function flood(from: string, count: number): Promise<void> {
		for (let index = 0; index < count; index += 1) {
			const socket = await openFrom(from);
			socket.write(ASK);
			await new Promise((resolve) => socket.once('data', resolve));
		}
	}

	async function ask(from: string): Promise<number> {
		const socket = await openFrom(from);
		socket.write(ASK.replace('Host', 'Connection: close\r\nHost'));
		return (await readAll(socket)).status;
	}

	test('one connection beyond the limit of its network gets 429 and is closed', async () => {
		await start();
		await flood(FLOODER, LIMIT);
		const refused = await limitedRequests(gateway, 'connections');
		const socket = await openFrom(FLOODER);
		socket.write(ASK + ASK);
		const response = await readAll(socket);
		expect([response.status, JSON.parse(response.body).error.code]).toEqual([429, 'rate_limited']);
		expect(response.headers['retry-after']).toBe('1');
		expect(await limitedRequests(gateway, 'connections')).toBe(refused + 1);
	});

	test('another network is served meanwhile', async () => {
		await start();
		await flood(FLOODER, LIMIT);
		expect([await ask(FLOODER), await ask(OTHER)]).toEqual([429, 404]);
	});

	test('a closed connection frees its slot', async () => {
		await start();
		await flood(FLOODER, LIMIT);
		sockets[0]?.destroy();
		await waitUntil(async () => (await ask(FLOODER)) === 404);
	});

	test('connections beyond twice the limit are closed unread', async () => {
		await start();
		await flood(FLOODER, LIMIT);
		for (let index = 0; index < LIMIT; index += 1) await openFrom(FLOODER);
		const socket = await openFrom(FLOODER);
		const ended = new Promise((resolve) => socket.once('close', resolve));
		socket.on('error', () => undefined).resume();
		socket.write(ASK);
		await ended;
		expect(socket.bytesRead).toBe(0);
	});

	test('connections that never send a request are closed in time, without a response', async () => {
		await start();
		const idle = await Promise.all(Array.from({ length: LIMIT }, () => openFrom(FLOODER)));
		await Promise.all(idle.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))));
		expect(idle.map(({ bytesRead }) => bytesRead)).toEqual(idle.map(() => 0));
		await waitUntil(async () => (await ask(FLOODER)) === 404);
	});

	test('the time limit of a head is shorter than that of a request', async () => {
		const jobs = await startUpstream((req, res) => {
			req.resume().once('end', () => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'));
		});
		const limits = { headersTimeoutMs: 500, requestTimeoutMs: 60_000 };
		gateway = await startTestGateway({ auth, jobsUrl: jobs.url, limits });
		const [slowHead, slowBody] = [await openFrom(OTHER), await openFrom(OTHER)];
		const head = `POST /v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${auth.token()}\r\n`;
		slowBody.write(`${head}Content-Length: 2\r\n\r\n{`);
		slowHead.write(head);
		expect((await readAll(slowHead)).status).toBe(400);
		slowBody.write('}');
		expect((await readAll(slowBody)).status).toBe(200);
		await jobs.close();
	}, 20_000);

	test('a trusted proxy may have connections of many clients', async () => {
		await start({ TRUSTED_PROXIES: FLOODER });
		await flood(FLOODER, 3 * LIMIT);
		expect(await ask(FLOODER)).toBe(404);
	});
});

describe('keep-alive', () => {
	test('is shortened as connections fill up', () => {
		const fills = [0, 0.5, 0.75, 0.99, 1];
		expect(fills.map((fill) => keepAliveMsAt(fill, 60_000))).toEqual([60_000, 60_000, 30_000, 1_200, 1_000]);
	});

	test('is never longer than its setting', () => {
		expect(keepAliveMsAt(1, 500)).toBe(500);
	});
});

describe('eviction:', () => {
	const CONNECTIONS = 100;
	/** Ten addresses. Each opens a little more than a tenth of all connections. */
	const FLOODERS = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);
	const SLOW_REQUEST_MS = 200;
	const PER_FLOODER = 12;
	const UNANSWERED = `/v1/jobs/${newId('job')}`;

	let upstream: Awaited<ReturnType<typeof startUpstream>>;
	let gateway: TestGateway;
	let agents: Agent[] = [];

	beforeAll(async () => {
		upstream = await startUpstream((req, res) => {
			req.resume();
			if (req.url !== UNANSWERED) res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
		});
		gateway = await startTestGateway({
			auth,
			jobsUrl: upstream.url,
			limits: {
				connections: CONNECTIONS,
				slowRequestMs: SLOW_REQUEST_MS,
				userConcurrentRequests: 2 * CONNECTIONS,
			},
		});
	});

	afterEach(async () => {
		closeSockets();
		for (const agent of agents) agent.destroy();
		agents = [];
		// The gateway counts a connection until it has noticed its end.
		const { publicServer } = gateway;
		await waitUntil(async () => (await promisify(publicServer.getConnections.bind(publicServer))()) === 0);
	});

	afterAll(async () => {
		await upstream.close();
		await gateway.stop();
	});

	/** Opens a connection and keeps it. Resolves after a response if something was sent. */
	function leaveOpen(localAddress: string, sends = ''): Promise<Socket> {
		return new Promise((resolve, reject) => {
			const socket = connect({ port: gateway.publicPort, host: '127.0.0.1', localAddress }, () => {
				socket.off('error', reject).on('error', () => undefined);
				if (sends === '') resolve(socket);
				else socket.write(sends);
			});
			socket.once('error', reject);
			socket.once('data', () => resolve(socket));
			socket.once('close', () => resolve(socket));
			sockets.push(socket);
		});
	}

	/** Lets all flooders open connections at the same time. Each flooder opens its own one after another. */
	async function flood(open: (from: string, index: number) => Promise<unknown>): Promise<void> {
		await Promise.all(
			FLOODERS.map(async (from) => {
				for (let index = 0; index < PER_FLOODER; index += 1) await open(from, index);
			}),
		);
	}

	/** Returns a function that sends requests from another address. It resolves to the status, or rejects if there is no response. */
	function client(options: { keepAlive: boolean; token?: string }) {
		const agent = new Agent({ keepAlive: options.keepAlive, maxSockets: 1 });
		agents.push(agent);
		const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
		return (path: string): Promise<number> =>
			new Promise((resolve, reject) => {
				get(gateway.url + path, { agent, headers }, (response) => {
					response.resume().once('end', () => resolve(response.statusCode ?? 0));
				}).once('error', reject);
			});
	}

	/** Sends requests until the flood is over, and a few more. Resolves to their statuses. */
	async function askDuring(flooding: Promise<void>, ask: () => Promise<number>): Promise<Set<number>> {
		const flooded = { isClosing: false };
		void flooding.then(() => {
			flooded.isClosing = true;
		});
		const statuses = new Set<number>();
		while (!flooded.isClosing) statuses.add(await ask());
		for (let count = 0; count < 10; count += 1) statuses.add(await ask());
		return statuses;
	}

	describe('ten networks that together open more connections than the limit', () => {
		test.each<[string, (from: string, index: number) => Promise<unknown>]>([
			['are idle after a request', (from) => leaveOpen(from, ASK)],
			['were never used', (from) => leaveOpen(from)],
			[
				'have sent half of a head',
				async (from) => (await leaveOpen(from)).write('GET /v1/nothing HTTP/1.1\r\nHost: a\r\nX: '),
			],
		])(
			'with connections that %s don’t keep other clients out or evict their connections',
			async (_, open) => {
				const [newcomer, regular] = [client({ keepAlive: false }), client({ keepAlive: true })];
				await regular('/v1/tools');
				const flooding = flood(open);
				const seen = await Promise.all([
					askDuring(flooding, () => newcomer('/v1/tools')),
					askDuring(flooding, () => regular('/v1/tools')),
				]);
				expect(seen.map((statuses) => [...statuses])).toEqual([[200], [200]]);
				const metrics = await (await fetch(`${gateway.privateUrl}/metrics`)).text();
				expect(metrics).toMatch(
					/^creatorr_gateway_connections_evicted_total\{reason="(idle|unused)"\} [1-9]/m,
				);
			},
		);
	});

	describe('when all connections are in use', () => {
		const flooderOf = (index: number) => FLOODERS[index % FLOODERS.length] ?? '';

		/** Sends `count` requests of live sessions from all flooders together, to which the service doesn't respond. */
		async function fillWithRequests(count: number): Promise<void> {
			const authorization = `Authorization: Bearer ${auth.token()}`;
			for (let index = 0; index < count; index += 1) {
				const arrived = once(upstream.server, 'request');
				(await leaveOpen(flooderOf(index))).write(
					`GET ${UNANSWERED} HTTP/1.1\r\nHost: a\r\n${authorization}\r\n\r\n`,
				);
				await arrived;
			}
		}

		test('requests of live sessions are served, and others get 503', async () => {
			await fillWithRequests(CONNECTIONS - 3);
			const [known, unknown] = [
				client({ keepAlive: false, token: auth.token() }),
				client({ keepAlive: false }),
			];
			expect([await known('/v1/jobs'), await unknown('/v1/tools'), await known('/v1/jobs')]).toEqual([
				200, 503, 200,
			]);
		});

		test('a new client is served as soon as a connection becomes idle', async () => {
			await fillWithRequests(CONNECTIONS - 3);
			const unknown = client({ keepAlive: false });
			expect(await unknown('/v1/tools')).toBe(503);
			for (const socket of sockets.slice(0, 10)) socket.destroy();
			await waitUntil(async () => (await unknown('/v1/tools')) === 200);
		});

		test('new connections beyond the limit are closed unread', async () => {
			await fillWithRequests(CONNECTIONS);
			const socket = connect({ port: gateway.publicPort, host: '127.0.0.1' });
			sockets.push(socket);
			// A connection that sends nothing would be closed without a response anyway, after a timeout.
			socket
				.on('error', () => undefined)
				.resume()
				.write(ASK);
			await once(socket, 'close');
			expect(socket.bytesRead).toBe(0);
		});

		test('a new client is served if incomplete requests hold the connections', async () => {
			const head = 'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json';
			for (let index = 0; index < CONNECTIONS; index += 1) {
				(await leaveOpen(flooderOf(index))).write(`${head}\r\nContent-Length: 9\r\n\r\n{`);
			}
			const newcomer = client({ keepAlive: false });
			await delay(2 * SLOW_REQUEST_MS);
			expect([await newcomer('/v1/tools'), await newcomer('/v1/tools')]).toEqual([200, 200]);
		});
	});
});

describe('pipelining:', () => {
	const GET = 'GET /v1/tools HTTP/1.1\r\nHost: a\r\n\r\n';
	const LAST = GET.replace('Host', 'Connection: close\r\nHost');
	/** Limit of requests that wait on one connection. */
	const MAX_PIPELINED = 16;

	let jobs: Awaited<ReturnType<typeof startUpstream>>;
	let gateway: TestGateway;
	/** Number of requests that the service handles now. */
	let atOnce: number;
	let most: number;
	let served: number;
	/** Responses that the test holds back. */
	let held: ServerResponse[] | undefined;

	const reply = (res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');

	beforeEach(async () => {
		[atOnce, most, served, held] = [0, 0, 0, undefined];
		jobs = await startUpstream((req, res) => {
			req.resume();
			if (req.url !== '/v1/tools') {
				reply(res);
				return;
			}
			atOnce += 1;
			served += 1;
			most = Math.max(most, atOnce);
			res.once('close', () => {
				atOnce -= 1;
			});
			if (held) held.push(res);
			else setTimeout(reply, 10, res);
		});
		gateway = await startTestGateway({
			auth,
			jobsUrl: jobs.url,
			limits: { drainLongPollsMs: 200, drainMs: 500 },
		});
	});

	afterEach(async () => {
		closeSockets();
		await gateway.stop();
		await jobs.close();
	});

	async function openSocket(): Promise<Socket> {
		const socket = await open(gateway.publicPort);
		socket.on('error', () => undefined);
		sockets.push(socket);
		return socket;
	}

	const statusesOf = (responses: string) => responses.match(/HTTP\/1\.1 \d+/g);
	const OK = 'HTTP/1.1 200';

	describe('a connection with pipelined requests', () => {
		test('reaches a service one request at a time', async () => {
			const responses = await sendRaw(gateway.publicPort, GET.repeat(MAX_PIPELINED) + LAST);
			expect(statusesOf(responses.text)).toEqual(Array(MAX_PIPELINED + 1).fill(OK));
			expect([most, served]).toEqual([1, MAX_PIPELINED + 1]);
		});

		test('gets its responses in the order of the requests', async () => {
			const lost = GET.replace('/v1/tools', '/v1/nothing');
			const responses = await sendRaw(gateway.publicPort, GET + lost + LAST);
			expect(statusesOf(responses.text)).toEqual([OK, 'HTTP/1.1 404', OK]);
		});

		test('is destroyed when one packet makes more than 16 requests wait, and the rest never reach a service', async () => {
			held = [];
			const socket = await openSocket();
			const closed = new Promise((resolve) => socket.resume().once('close', resolve));
			socket.write(GET.repeat(2 + MAX_PIPELINED));
			await closed;
			await waitUntil(() => atOnce === 0);
			expect(served).toBeLessThanOrEqual(1);
		});

		test('is not read while requests wait, and gets every response in the end', async () => {
			held = [];
			const body = 'x'.repeat(20_000);
			const post = `POST /v1/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
			const responses = sendRaw(gateway.publicPort, GET + post.repeat(3 * MAX_PIPELINED) + LAST);
			await waitUntil(() => held?.length === 1);
			const first = held[0];
			held = undefined;
			reply(first as ServerResponse);
			const statuses = statusesOf((await responses).text);
			expect(statuses).toEqual([OK, ...Array(3 * MAX_PIPELINED).fill('HTTP/1.1 404'), OK]);
		});

		test('starts no further request after its client has disconnected', async () => {
			held = [];
			const socket = await openSocket();
			socket.write(GET.repeat(5));
			await waitUntil(() => held?.length === 1);
			socket.destroy();
			await waitUntil(() => atOnce === 0);
			expect((await fetch(`${gateway.url}/v1/nothing`)).status).toBe(404);
			expect(served).toBe(1);
		});
	});

	test('signed-in users are served while other clients pipeline requests and read no response', async () => {
		const headers = bearer(auth.token());
		for (let index = 0; index < 8; index += 1) (await openSocket()).pause().write(GET.repeat(500));
		const statuses: number[] = [];
		while (statuses.length < 20) {
			const response = await fetch(`${gateway.url}/v1/jobs/${newId('job')}`, { headers });
			await response.arrayBuffer();
			statuses.push(response.status);
		}
		expect(statuses).toEqual(Array(20).fill(200));
		expect(most).toBeLessThanOrEqual(sockets.length);
	});
});

describe('tiny chunks:', () => {
	let upstream: Awaited<ReturnType<typeof startUpstream>>;
	let gateway: TestGateway;
	/** Number of body chunks that the service has received. */
	let pieces = 0;

	beforeAll(async () => {
		upstream = await startUpstream((req, res) => {
			req.on('error', () => undefined);
			req.on('data', () => {
				pieces += 1;
			});
			req.once('end', () => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'));
		});
		gateway = await startTestGateway({ auth, authUrl: auth.url, jobsUrl: upstream.url });
	});

	afterAll(async () => {
		await gateway.stop();
		await upstream.close();
	});

	const chunked = (size: number, count: number) =>
		`${`${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`.repeat(count)}0\r\n\r\n`;

	const head = (path: string) =>
		`POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${auth.token()}\r\nTransfer-Encoding: chunked\r\n\r\n`;

	async function metric(): Promise<number> {
		const text = await (await fetch(`${gateway.privateUrl}/metrics`)).text();
		return Number(/^creatorr_gateway_connections_tiny_chunks_total (\d+)/m.exec(text)?.[1] ?? Number.NaN);
	}

	test.each([
		['served', '/v1/jobs'],
		['refused', '/v1/none'],
	])('a connection whose %s body arrives in thousands of tiny chunks is closed', async (_how, path) => {
		pieces = 0;
		const before = await metric();
		const socket = await open(gateway.publicPort);
		socket.on('error', () => undefined).resume();
		socket.write(head(path) + chunked(1, 10_000));
		await once(socket, 'close');
		expect(pieces).toBeLessThanOrEqual(257);
		expect(await metric()).toBe(before + 1);
	});

	test('the parser creates no objects for tiny chunks after the connection is closed', async () => {
		const socket = await open(gateway.publicPort);
		socket.on('error', () => undefined).resume();
		const { publicServer } = gateway;
		let pushed = 0;
		publicServer.once('request', (req) => {
			const { push } = req;
			req.push = (...args: Parameters<typeof push>) => {
				pushed += 1;
				return push.apply(req, args);
			};
		});
		socket.write(head('/v1/jobs') + chunked(1, 10_000));
		await once(socket, 'close');
		expect(pushed).toBeGreaterThan(256);
		expect(pushed).toBeLessThan(300);
	});

	test('a body in hundreds of larger chunks is accepted', async () => {
		const headers = [`Authorization: Bearer ${auth.token()}`, 'Transfer-Encoding: chunked'];
		const response = await rawRequest(gateway.publicPort, 'POST /v1/jobs', headers, chunked(100, 400));
		expect(response.status).toBe(200);
	});

	test('a body in few tiny chunks is accepted', async () => {
		const headers = [`Authorization: Bearer ${auth.token()}`, 'Transfer-Encoding: chunked'];
		const response = await rawRequest(gateway.publicPort, 'POST /v1/jobs', headers, chunked(1, 200));
		expect(response.status).toBe(200);
	});
});
