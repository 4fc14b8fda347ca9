import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, startUpstream, type TestGateway, waitUntil } from '../testing/gateway.ts';

const CONNECTIONS = 100;
/** Ten addresses. Each opens a little more than a tenth of all connections. */
const FLOODERS = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);
const SLOW_REQUEST_MS = 200;
const PER_FLOODER = 12;
const UNANSWERED = `/v1/jobs/${newId('job')}`;
const ASK = 'GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n';

let auth: FakeAuth;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
let gateway: TestGateway;
let sockets: Socket[] = [];
let agents: Agent[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
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
	for (const socket of sockets) socket.destroy();
	for (const agent of agents) agent.destroy();
	sockets = [];
	agents = [];
});

afterAll(async () => {
	await upstream.close();
	await gateway.stop();
	await auth.close();
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
	])('with connections that %s don’t keep other clients out or evict their connections', async (_, open) => {
		const [newcomer, regular] = [client({ keepAlive: false }), client({ keepAlive: true })];
		await regular('/v1/tools');
		const flooding = flood(open);
		const seen = await Promise.all([
			askDuring(flooding, () => newcomer('/v1/tools')),
			askDuring(flooding, () => regular('/v1/tools')),
		]);
		expect(seen.map((statuses) => [...statuses])).toEqual([[200], [200]]);
		const metrics = await (await fetch(`${gateway.privateUrl}/metrics`)).text();
		expect(metrics).toMatch(/^creatorr_gateway_connections_evicted_total\{reason="(idle|unused)"\} [1-9]/m);
	});
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
