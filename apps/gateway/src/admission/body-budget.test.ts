import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { newId } from '@creatorr/contracts/ids';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import {
	limitedRequests,
	startTestGateway,
	startUpstream,
	type TestGateway,
	waitUntil,
} from '../testing/gateway.ts';
import { readAll } from '../testing/raw.ts';

const LIMIT_BYTES = 2_000_000;
const BODY_BYTES = 900_000;
const GREEDY = '127.0.0.9';
const OTHER = '127.0.0.10';

let auth: FakeAuth;
let services: Awaited<ReturnType<typeof startUpstream>>;
let gateway: TestGateway;
let sockets: Socket[];
let arrived: number;

beforeEach(async () => {
	sockets = [];
	arrived = 0;
	auth = await startFakeAuth();
	services = await startUpstream((req, res) => {
		arrived += 1;
		req.resume().once('end', () => res.end());
	});
	gateway = await startTestGateway({
		auth,
		filesUrl: services.url,
		jobsUrl: services.url,
		env: { TRUSTED_PROXIES: '127.0.0.11' },
		limits: { maxBodyBytesPerNetwork: LIMIT_BYTES, drainLongPollsMs: 200, drainMs: 500 },
	});
});

afterEach(async () => {
	for (const socket of sockets) socket.destroy();
	await gateway.stop();
	await services.close();
	await auth.close();
});

const COMPLETE = `/v1/files/${newId('fil')}/complete`;

/** Sends the head of a request and the first byte of its body. */
function begin(from: string, framing: string, headers = '', path = COMPLETE): Socket {
	const socket = connect({ port: gateway.publicPort, host: '127.0.0.1', localAddress: from });
	sockets.push(socket);
	const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${auth.token()}\r\n`;
	socket.write(`${head}Expect: 100-continue\r\n${headers}${framing}\r\n\r\n`);
	socket.write(framing.includes('chunked') ? '1\r\n{\r\n' : '{');
	return socket;
}

/** Resolves to the status of the first response: 100 when the gateway reads the body. */
async function firstStatus(socket: Socket): Promise<number> {
	const [data] = (await once(socket, 'data')) as [Buffer];
	return Number(/^HTTP\/1\.1 (\d+)/.exec(String(data))?.[1]);
}

/** Starts two bodies of this network. */
async function hold(from: string, headers = ''): Promise<void> {
	const bodies = [1, 2].map(() => firstStatus(begin(from, `Content-Length: ${BODY_BYTES}`, headers)));
	expect(await Promise.all(bodies)).toEqual([100, 100]);
}

async function refusalOf(socket: Socket): Promise<[number, string]> {
	const response = await readAll(socket);
	return [response.status, JSON.parse(response.body).error.code];
}

test.each([`Content-Length: ${BODY_BYTES}`, 'Transfer-Encoding: chunked'])(
	'a body beyond the budget of its network is refused (%s)',
	async (framing) => {
		await hold(GREEDY);
		const refused = await limitedRequests(gateway, 'bodies');
		expect(await refusalOf(begin(GREEDY, framing))).toEqual([429, 'rate_limited']);
		expect(arrived).toBe(0);
		expect(await limitedRequests(gateway, 'bodies')).toBe(refused + 1);
	},
);

test('a small body and one of another network are accepted meanwhile', async () => {
	await hold(GREEDY);
	begin(GREEDY, 'Content-Length: 1');
	expect(await firstStatus(begin(OTHER, `Content-Length: ${BODY_BYTES}`))).toBe(100);
	await waitUntil(() => arrived === 1);
});

test('a chunked body counts as the limit of its operation', async () => {
	await hold(GREEDY);
	begin(GREEDY, 'Transfer-Encoding: chunked', '', '/v1/jobs').write('0\r\n\r\n');
	await waitUntil(() => arrived === 1);
});

test('a completed body frees its share of the budget', async () => {
	await hold(GREEDY);
	sockets[0]?.destroy();
	await waitUntil(async () => (await firstStatus(begin(GREEDY, `Content-Length: ${BODY_BYTES}`))) === 100);
});

test('behind a trusted proxy the client’s network counts', async () => {
	await hold('127.0.0.11', 'X-Forwarded-For: 192.0.2.1\r\n');
	const refused = begin('127.0.0.11', `Content-Length: ${BODY_BYTES}`, 'X-Forwarded-For: 192.0.2.1\r\n');
	expect(await refusalOf(refused)).toEqual([429, 'rate_limited']);
	const other = begin('127.0.0.11', `Content-Length: ${BODY_BYTES}`, 'X-Forwarded-For: 192.0.2.2\r\n');
	expect(await firstStatus(other)).toBe(100);
});
