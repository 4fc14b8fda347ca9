import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@creatorr/contracts/ids';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, type TestGateway, waitUntil } from '../testing/gateway.ts';
import { open, sendRaw } from '../testing/raw.ts';

const GET = 'GET /v1/tools HTTP/1.1\r\nHost: a\r\n\r\n';
const LAST = GET.replace('Host', 'Connection: close\r\nHost');
/** Limit of requests that wait on one connection. */
const MAX_PIPELINED = 16;

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let gateway: TestGateway;
let sockets: Socket[];
/** Number of requests that the service handles now. */
let atOnce: number;
let most: number;
let served: number;
/** Responses that the test holds back. */
let held: ServerResponse[] | undefined;

const reply = (res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');

beforeEach(async () => {
	sockets = [];
	[atOnce, most, served, held] = [0, 0, 0, undefined];
	auth = await startFakeAuth();
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
	for (const socket of sockets) socket.destroy();
	await gateway.stop();
	await jobs.close();
	await auth.close();
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
