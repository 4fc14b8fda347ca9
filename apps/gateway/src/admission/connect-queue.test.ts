import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import {
	bearer,
	freePort,
	limitedRequests,
	startTestGateway,
	startUpstream,
	type TestGateway,
	waitUntil,
} from '../testing/gateway.ts';

const HOUR_MS = 3_600_000;
const LIMITS = { concurrentConnects: 2, connectQueueMs: HOUR_MS, connectPermitMs: HOUR_MS };

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
/** Long polls and event streams that the service got and holds back, by job. */
let held: Map<string, ServerResponse>;
let gateways: TestGateway[] = [];
let closesConnections = true;
let stopWorker: () => unknown = () => undefined;

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		res.shouldKeepAlive = !closesConnections;
		const [, job] = /^\/v1\/jobs\/([^/?]+)(?:\/events|\?wait=)/.exec(req.url ?? '') ?? [];
		if (job) held.set(job, res);
		else res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
	});
});

beforeEach(() => {
	held = new Map();
	closesConnections = true;
});

afterEach(async () => {
	for (const res of held.values()) res.destroy();
	await Promise.all(gateways.map(({ stop }) => stop()));
	gateways = [];
	await stopWorker();
});

afterAll(async () => {
	await jobs.close();
	await auth.close();
});

async function start(
	limits: Partial<typeof LIMITS> = {},
	{ jobsUrl = jobs.url, env = {} }: { jobsUrl?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<TestGateway> {
	const gateway = await startTestGateway({ auth, jobsUrl, env, limits: { ...LIMITS, ...limits } });
	gateways.push(gateway);
	return gateway;
}

/** Returns functions that send requests as one user, from this address if the gateway trusts the test as a proxy. */
function userOf({ url }: TestGateway, { address = '192.0.2.1', tokenSeconds = 3_600 } = {}) {
	const token = auth.token({ sub: newId('usr') }, { expiresIn: tokenSeconds });
	const headers = { ...bearer(token), 'X-Forwarded-For': address };
	/** Sends a request, and returns the function that disconnects its client. */
	const send = (path: string): (() => void) => {
		const client = new AbortController();
		fetch(url + path, { headers, signal: client.signal })
			.then((response) => response.arrayBuffer())
			.catch(() => undefined);
		return () => client.abort();
	};
	return {
		stream: (job: string) => send(`/v1/jobs/${job}/events`),
		poll: (job: string) => send(`/v1/jobs/${job}?wait=30`),
		status: async (path: string) => {
			const response = await fetch(url + path, { headers });
			await response.arrayBuffer();
			return response.status;
		},
	};
}

const SHORT = '/v1/jobs';
const newJobs = (count: number): string[] => Array.from({ length: count }, () => newId('job'));

async function inFlight({ privateUrl }: TestGateway): Promise<number> {
	const metrics = await (await fetch(`${privateUrl}/metrics`)).text();
	return Number(/^creatorr_gateway_requests_in_flight (\d+)$/m.exec(metrics)?.[1]);
}

const beginResponse = (res: ServerResponse) => {
	res.writeHead(200, { 'Content-Type': 'text/event-stream' });
	res.write(': hello\n\n');
};

describe('long polls and event streams that connect to a service', () => {
	test('wait until earlier ones have got a response head, and users take turns', async () => {
		const gateway = await start();
		const [one, two] = [userOf(gateway), userOf(gateway)];
		const ofOne = newJobs(5);
		const ofTwo = newJobs(2);
		for (const job of ofOne) {
			one.stream(job);
			await waitUntil(async () => (await inFlight(gateway)) === ofOne.indexOf(job) + 1);
		}
		for (const job of ofTwo) two.stream(job);
		await waitUntil(async () => (await inFlight(gateway)) === 7 && held.size === 2);
		expect(await userOf(gateway).status(SHORT)).toBe(200);
		expect([...held.keys()]).toEqual(ofOne.slice(0, 2));
		expect(await promisify(jobs.server.getConnections.bind(jobs.server))()).toBeLessThanOrEqual(3);
		for (let begun = 0; begun < 7; begun += 1) {
			await waitUntil(() => held.size > begun);
			beginResponse([...held.values()][begun] as ServerResponse);
		}
		const owners = [...held.keys()].map((job) => (ofTwo.includes(job) ? 'two' : 'one'));
		expect(owners).toEqual(['one', 'one', 'one', 'two', 'one', 'two', 'one']);
	});

	test('take turns by network, however many users one has', async () => {
		const env = { TRUSTED_PROXIES: '127.0.0.1' };
		const gateway = await start({ concurrentConnects: 1 }, { env });
		const [other = '', ...ofMany] = newJobs(4);
		for (const job of ofMany) {
			userOf(gateway).stream(job);
			await waitUntil(async () => (await inFlight(gateway)) === ofMany.indexOf(job) + 1);
		}
		userOf(gateway, { address: '192.0.2.2' }).stream(other);
		await waitUntil(async () => (await inFlight(gateway)) === 4 && held.size === 1);
		for (let begun = 0; begun < 2; begun += 1) {
			beginResponse([...held.values()][begun] as ServerResponse);
			await waitUntil(() => held.size === begun + 2);
		}
		expect([...held.keys()]).toEqual([ofMany[0], ofMany[1], other]);
	});

	test('stop counting when the service sends 102 Processing, although their response comes later', async () => {
		const gateway = await start();
		const user = userOf(gateway);
		for (const job of newJobs(3)) user.poll(job);
		await waitUntil(async () => (await inFlight(gateway)) === 3 && held.size === 2);
		await user.status(SHORT);
		expect(held.size).toBe(2);
		for (const res of held.values()) res.writeProcessing();
		await waitUntil(() => held.size === 3);
	});

	test('don’t count on a connection that the service has accepted before', async () => {
		const gateway = await start({ concurrentConnects: 1 });
		const user = userOf(gateway);
		closesConnections = false;
		await user.status(SHORT);
		for (const job of newJobs(3)) user.stream(job);
		await waitUntil(async () => (await inFlight(gateway)) === 3 && held.size === 2);
		await user.status(SHORT);
		expect(held.size).toBe(2);
	});

	test('get 429 when they wait too long', async () => {
		const gateway = await start({ concurrentConnects: 1, connectQueueMs: 50 });
		const user = userOf(gateway);
		const [first = '', second] = newJobs(2);
		user.stream(first);
		await waitUntil(() => held.size === 1);
		expect(await user.status(`/v1/jobs/${second}/events`)).toBe(429);
		expect(await limitedRequests(gateway, 'connects')).toBeGreaterThan(0);
		beginResponse(held.get(first) as ServerResponse);
		user.stream(newId('job'));
		await waitUntil(() => held.size === 2);
	});

	/** Fills a gateway with two streams whose clients disconnect, and opens another one. */
	async function disconnectTwo(gateway: TestGateway): Promise<void> {
		const user = userOf(gateway);
		const disconnects = newJobs(2).map(user.stream);
		await waitUntil(() => held.size === 2);
		for (const disconnect of disconnects) disconnect();
		await waitUntil(async () => (await inFlight(gateway)) === 0);
		user.stream(newId('job'));
		await waitUntil(async () => (await inFlight(gateway)) === 1);
		await user.status(SHORT);
	}

	test('still count after their client has disconnected', async () => {
		await disconnectTwo(await start());
		expect(held.size).toBe(2);
	});

	test('stop counting after a while', async () => {
		await disconnectTwo(await start({ connectPermitMs: 50 }));
		await waitUntil(() => held.size === 3);
	});

	test('stop counting when they are refused because their token has expired meanwhile', async () => {
		const gateway = await start({ concurrentConnects: 1 });
		const [first = '', second = '', third = ''] = newJobs(3);
		userOf(gateway).stream(first);
		await waitUntil(() => held.size === 1);
		const tokenSeconds = 2;
		const status = userOf(gateway, { tokenSeconds }).status(`/v1/jobs/${second}/events`);
		await waitUntil(async () => (await inFlight(gateway)) === 2);
		await delay(tokenSeconds * 1_000);
		beginResponse(held.get(first) as ServerResponse);
		expect(await status).toBe(401);
		userOf(gateway).stream(third);
		await waitUntil(() => held.size === 2);
		expect([...held.keys()]).toEqual([first, third]);
	});

	test('are skipped when their client has disconnected while they waited', async () => {
		const gateway = await start({ concurrentConnects: 1 });
		const user = userOf(gateway);
		const [first = '', second = '', third = ''] = newJobs(3);
		user.stream(first);
		await waitUntil(() => held.size === 1);
		const disconnect = user.stream(second);
		await waitUntil(async () => (await inFlight(gateway)) === 2);
		disconnect();
		await waitUntil(async () => (await inFlight(gateway)) === 1);
		user.stream(third);
		beginResponse(held.get(first) as ServerResponse);
		await waitUntil(() => held.size === 2);
		expect([...held.keys()]).toEqual([first, third]);
	});

	test('stop counting when the service is down', async () => {
		const gateway = await start(
			{ concurrentConnects: 1 },
			{ jobsUrl: `http://127.0.0.1:${await freePort()}` },
		);
		const user = userOf(gateway);
		const statuses = newJobs(3).map((job) => user.status(`/v1/jobs/${job}/events`));
		expect(await Promise.all(statuses)).toEqual([503, 503, 503]);
	});
});

/** A service that accepts no connection until the test wakes it up. It then reports the paths in the order in which it gets the requests. */
const SLEEPING_SERVICE = `
	const { createServer } = require('node:http');
	const { parentPort, workerData } = require('node:worker_threads');
	const server = createServer((req, res) => {
		parentPort.postMessage(req.url);
		res.writeHead(200, { 'Content-Type': req.url.endsWith('/events') ? 'text/event-stream' : 'application/json' });
		if (req.url.endsWith('/events')) res.write(': hello\\n\\n');
		else res.end('{}');
	});
	server.listen(0, '127.0.0.1', () => {
		parentPort.postMessage(server.address().port);
		setImmediate(() => Atomics.wait(workerData, 0, 0));
	});
`;

test('a burst of event streams delays the short request of another user by a few of them', async () => {
	const isAwake = new Int32Array(new SharedArrayBuffer(4));
	const worker = new Worker(SLEEPING_SERVICE, { eval: true, workerData: isAwake });
	stopWorker = () => worker.terminate();
	const port = await new Promise<number>((resolve) => worker.once('message', resolve));
	const paths: string[] = [];
	worker.on('message', (path: string) => paths.push(path));
	const gateway = await start({ concurrentConnects: 8 }, { jobsUrl: `http://127.0.0.1:${port}` });
	for (const { stream } of [userOf(gateway), userOf(gateway)]) newJobs(50).map(stream);
	await waitUntil(async () => (await inFlight(gateway)) === 100);
	const status = userOf(gateway).status(SHORT);
	await waitUntil(async () => (await inFlight(gateway)) === 101);
	Atomics.store(isAwake, 0, 1);
	Atomics.notify(isAwake, 0);
	expect(await status).toBe(200);
	await waitUntil(() => paths.length === 101);
	expect(paths.indexOf(SHORT)).toBeLessThan(20);
});
