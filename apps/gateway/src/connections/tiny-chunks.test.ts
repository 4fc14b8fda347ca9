import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, startUpstream, type TestGateway } from '../testing/gateway.ts';
import { open, rawRequest } from '../testing/raw.ts';

let auth: FakeAuth;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
let gateway: TestGateway;
/** Number of body chunks that the service has received. */
let pieces = 0;

beforeAll(async () => {
	auth = await startFakeAuth();
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
	await auth.close();
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
