import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { limitedRequests, startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { readAll } from '../testing/raw.ts';
import { freePort, startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';

let auth: FakeAuth;

beforeAll(async () => {
	auth = await startFakeAuth();
});

afterAll(() => auth.close());

describe('unauthenticated requests:', () => {
	const PERMITS = 2;
	const PROXY = '127.0.0.1';
	const NETWORK = { 'X-Forwarded-For': '192.0.2.1' };
	const OTHER_NETWORK = { 'X-Forwarded-For': '192.0.2.2' };

	let jobs: Awaited<ReturnType<typeof startUpstream>>;
	/** One gateway whose requests wait briefly for permits, and one whose requests wait for as long as needed. */
	let gateway: TestGateway;
	let patientGateway: TestGateway;
	/** Requests for tools that the service holds back. It responds to all others at once. */
	let held: ServerResponse[] = [];
	let isHolding = true;

	const reply = (res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');

	beforeAll(async () => {
		jobs = await startUpstream((req, res) => {
			req.resume();
			if (isHolding && req.url === '/v1/tools') held.push(res);
			else reply(res);
		});
		const start = (anonymousQueueMs: number) =>
			startTestGateway({
				auth,
				jobsUrl: jobs.url,
				env: { TRUSTED_PROXIES: PROXY },
				limits: {
					anonymousConcurrentRequests: PERMITS,
					anonymousMinPermitMs: 0,
					anonymousQueueMs,
					anonymousQueuedRequests: 1,
					abandonedPermitMs: 60_000,
				},
			});
		[gateway, patientGateway] = await Promise.all([start(50), start(60_000)]);
	});

	beforeEach(() => {
		held = [];
		isHolding = true;
	});

	afterEach(() => {
		for (const res of held) res.destroy();
	});

	afterAll(async () => {
		await jobs.close();
		await Promise.all([gateway.stop(), patientGateway.stop()]);
	});

	async function statusOf(path: string, headers: Record<string, string>, { url } = gateway): Promise<number> {
		const response = await fetch(url + path, { headers });
		await response.arrayBuffer();
		return response.status;
	}

	/** Takes all permits of the network. Resolves to a function that releases them and returns the statuses of their requests. */
	async function takeAllPermits(of = gateway): Promise<{ release(): Promise<number[]> }> {
		const taken = Array.from({ length: PERMITS }, () => statusOf('/v1/tools', NETWORK, of));
		await waitUntil(() => held.length === PERMITS);
		return {
			release() {
				for (const res of held) reply(res);
				return Promise.all(taken);
			},
		};
	}

	describe('a network with too many unauthenticated requests', () => {
		test('waits for a permit, and gets 429 with Retry-After after the wait', async () => {
			const permits = await takeAllPermits();
			const refused = await fetch(`${gateway.url}/v1/tools`, { headers: NETWORK });
			expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
			expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited' } });
			expect(held).toHaveLength(PERMITS);
			const metrics = await (await fetch(`${gateway.privateUrl}/metrics`)).text();
			expect(metrics).toMatch(/^creatorr_gateway_requests_limited_total\{limit="anonymous"\} [1-9]/m);
			expect(await permits.release()).toEqual([200, 200]);
			isHolding = false;
			expect(await statusOf('/v1/tools', NETWORK)).toBe(200);
		});

		test('keeps the permits of abandoned requests', async () => {
			const headers = { 'X-Forwarded-For': '192.0.2.3' };
			const disconnected = new AbortController();
			const abandoned = Array.from({ length: PERMITS }, () =>
				expect(fetch(`${gateway.url}/v1/tools`, { headers, signal: disconnected.signal })).rejects.toThrow(),
			);
			await waitUntil(() => held.length === PERMITS);
			disconnected.abort();
			await Promise.all(abandoned);
			await waitUntil(() => held.every(({ closed }) => closed));
			isHolding = false;
			expect(await statusOf('/v1/tools', headers)).toBe(429);
		});

		test('is served when a permit is released in time, and refused at once when too many requests wait', async () => {
			const permits = await takeAllPermits(patientGateway);
			const both = [1, 2].map(() => statusOf('/v1/tools', NETWORK, patientGateway));
			expect(await Promise.race(both)).toBe(429);
			isHolding = false;
			expect(await permits.release()).toEqual([200, 200]);
			expect((await Promise.all(both)).toSorted()).toEqual([200, 429]);
		});

		test('delays neither its signed-in users nor other networks, and gets the gateway’s own responses', async () => {
			const permits = await takeAllPermits(patientGateway);
			const waiting = statusOf('/v1/tools', NETWORK, patientGateway);
			expect(
				await Promise.all([
					statusOf(`/v1/jobs/${newId('job')}`, { ...NETWORK, ...bearer(auth.token()) }, patientGateway),
					statusOf('/v1/openapi.json', NETWORK, patientGateway),
				]),
			).toEqual([200, 200]);
			isHolding = false;
			expect(await statusOf('/v1/tools', OTHER_NETWORK, patientGateway)).toBe(200);
			expect(await permits.release()).toEqual([200, 200]);
			expect(await waiting).toBe(200);
		});
	});

	test('an unauthenticated request holds its permit for a minimum time', async () => {
		const slow = await startTestGateway({
			auth,
			jobsUrl: jobs.url,
			limits: { anonymousConcurrentRequests: 2, anonymousMinPermitMs: 60_000, anonymousQueuedRequests: 0 },
		});
		isHolding = false;
		const statuses = [];
		for (let count = 0; count < 3; count += 1) statuses.push(await statusOf('/v1/tools', {}, slow));
		statuses.push(await statusOf(`/v1/jobs/${newId('job')}`, bearer(auth.token()), slow));
		await slow.stop();
		expect(statuses).toEqual([200, 200, 429, 200]);
	});

	describe('many networks with many unauthenticated requests', () => {
		const PERMITS = 4;
		const FLOODERS = Array.from({ length: 10 }, (_, index) => `198.51.100.${index}`);
		let crowded: TestGateway;
		let flood: Promise<number>[];

		/** Resolves when the flood occupies what it can. Its clients take 429 or a response, at the latest at the end of the test. */
		async function startFlood(limits: object, networks = FLOODERS): Promise<void> {
			crowded = await startTestGateway({
				auth,
				jobsUrl: jobs.url,
				env: { TRUSTED_PROXIES: PROXY },
				limits: { servicePermits: PERMITS, servicePermitMs: 60_000, anonymousMinPermitMs: 0, ...limits },
			});
			flood = networks.flatMap((network) =>
				Array.from({ length: 16 }, () => statusOf('/v1/tools', { 'X-Forwarded-For': network }, crowded)),
			);
			await waitUntil(() => held.length >= PERMITS);
			await delay(200);
		}

		async function endFlood(): Promise<void> {
			isHolding = false;
			for (const res of held) if (!res.headersSent) reply(res);
			await Promise.all(flood);
			await crowded.stop();
		}

		/** Answers held requests one by one until the other request is answered. Returns how many that took. */
		async function answersBefore(other: Promise<number>): Promise<number> {
			let isServed = false;
			void other.then(() => {
				isServed = true;
			});
			let answered = 0;
			while (!isServed && answered < 160) {
				await waitUntil(() => isServed || held.length > answered);
				const next = held[answered];
				if (isServed || !next) break;
				answered += 1;
				reply(next);
				await delay(100);
			}
			return answered;
		}

		test('take few permits of a service, delay no user, and let a new network have its turn', async () => {
			await startFlood({ servicePermitQueueMs: 60_000 });
			expect(held).toHaveLength(PERMITS);
			expect(await statusOf(`/v1/jobs/${newId('job')}`, bearer(auth.token()), crowded)).toBe(200);
			expect(held).toHaveLength(PERMITS);
			const other = statusOf('/v1/plans', NETWORK, crowded);
			// Another service has permits of its own.
			expect(await other).not.toBe(429);
			const newcomer = fetch(`${crowded.url}/v1/tools?newcomer`, { headers: NETWORK }).then(
				({ status }) => status,
			);
			await delay(100);
			expect(await answersBefore(newcomer)).toBeLessThanOrEqual(FLOODERS.length + PERMITS);
			await endFlood();
		});

		test('take the turns of one network when they are in the same IPv6 /48', async () => {
			const networks = FLOODERS.map((_, index) => `2001:db8:1:${index}00::1`);
			await startFlood({ servicePermitQueueMs: 60_000 }, networks);
			const newcomer = fetch(`${crowded.url}/v1/tools?newcomer`, { headers: NETWORK }).then(
				({ status }) => status,
			);
			await delay(100);
			expect(await answersBefore(newcomer)).toBeLessThanOrEqual(6);
			await endFlood();
		});

		test('get 429 with Retry-After when they wait too long', async () => {
			await startFlood({ servicePermitQueueMs: 50 });
			const refused = await fetch(`${crowded.url}/v1/tools`, { headers: NETWORK });
			expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
			expect(await limitedRequests(crowded, 'all_anonymous')).toBeGreaterThan(0);
			await endFlood();
		});

		test('pass their permits on when the service takes long', async () => {
			await startFlood({ servicePermitMs: 20 });
			expect(await statusOf('/v1/tools?newcomer', NETWORK, crowded)).toBe(200);
			await endFlood();
		});
	});
});

describe('the budget of bodies of a network:', () => {
	const LIMIT_BYTES = 2_000_000;
	const BODY_BYTES = 900_000;
	const GREEDY = '127.0.0.9';
	const OTHER = '127.0.0.10';

	let services: Awaited<ReturnType<typeof startUpstream>>;
	let gateway: TestGateway;
	let sockets: Socket[];
	let arrived: number;

	beforeAll(async () => {
		services = await startUpstream((req, res) => {
			arrived += 1;
			req.resume().once('end', () => res.end());
		});
	});

	beforeEach(async () => {
		sockets = [];
		arrived = 0;
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
	});

	afterAll(() => services.close());

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

describe('connections to services:', () => {
	const HOUR_MS = 3_600_000;
	const LIMITS = { concurrentConnects: 2, connectQueueMs: HOUR_MS, connectPermitMs: HOUR_MS };

	let jobs: Awaited<ReturnType<typeof startUpstream>>;
	/** Long polls and event streams that the service got and holds back, by job. */
	let held: Map<string, ServerResponse>;
	let gateways: TestGateway[] = [];
	let closesConnections = true;
	let stopWorker: () => unknown = () => undefined;

	beforeAll(async () => {
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

	afterAll(() => jobs.close());

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
			// Its request counts before it waits to connect; a later one has passed the same checks.
			expect(await userOf(gateway, { address: '192.0.2.2' }).status(SHORT)).toBe(200);
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
});
