import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import {
	limitedRequests,
	startTestGateway,
	startUpstream,
	type TestGateway,
	waitUntil,
} from '../testing/gateway.ts';
import { readAll } from '../testing/raw.ts';
import { keepAliveMsAt } from './connection-limit.ts';

const LIMIT = 5;
const ASK = 'GET /v1/nothing HTTP/1.1\r\nHost: a\r\n\r\n';
const FLOODER = '127.0.0.9';
const OTHER = '127.0.0.10';

let auth: FakeAuth;
let gateway: TestGateway;
let sockets: Socket[];

beforeEach(async () => {
	sockets = [];
	auth = await startFakeAuth();
});

afterEach(async () => {
	for (const socket of sockets) socket.destroy();
	await gateway.stop();
	await auth.close();
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

describe('keep-alive', () => {
	test('is shortened as connections fill up', () => {
		const fills = [0, 0.5, 0.75, 0.99, 1];
		expect(fills.map((fill) => keepAliveMsAt(fill, 60_000))).toEqual([60_000, 60_000, 30_000, 1_200, 1_000]);
	});

	test('is never longer than its setting', () => {
		expect(keepAliveMsAt(1, 500)).toBe(500);
	});
});
