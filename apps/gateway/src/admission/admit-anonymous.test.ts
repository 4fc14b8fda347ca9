import type { ServerResponse } from 'node:http';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, type TestGateway, waitUntil } from '../testing/gateway.ts';

const PERMITS = 2;
const PROXY = '127.0.0.1';
const NETWORK = { 'X-Forwarded-For': '192.0.2.1' };
const OTHER_NETWORK = { 'X-Forwarded-For': '192.0.2.2' };

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
/** One gateway whose requests wait briefly for permits, and one whose requests wait for as long as needed. */
let gateway: TestGateway;
let patientGateway: TestGateway;
/** Requests for tools that the service holds back. It responds to all others at once. */
let held: ServerResponse[] = [];
let isHolding = true;

const reply = (res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');

beforeAll(async () => {
	auth = await startFakeAuth();
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
	await auth.close();
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
