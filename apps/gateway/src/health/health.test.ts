import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { summarizeHealth } from './health.ts';

let auth: FakeAuth;
let gateway: TestGateway;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let failing: string[] = [];
let readinessRequests = 0;

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((_req, res) => {
		readinessRequests += 1;
		const details = failing.map((path) => ({ path, message: 'is down' }));
		const error = { code: 'upstream_unavailable', message: 'no', request_id: 'req_1', details };
		res.writeHead(failing.length > 0 ? 503 : 200, { 'Content-Type': 'application/json' });
		res.end(JSON.stringify(failing.length > 0 ? { error } : { data: { status: 'ok' } }));
	});
	gateway = await startTestGateway({
		auth,
		jobsUrl: jobs.url,
		filesUrl: jobs.url,
		limits: { healthCacheMs: 100 },
	});
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
});

const afterTheCache = () => new Promise((resolve) => setTimeout(resolve, 120));
const scrape = async () => (await fetch(`${gateway.privateUrl}/metrics`)).text();
const health = () => fetch(`${gateway.url}/v1/health`);

test('/v1/health returns 200 when every service is ready', async () => {
	const response = await health();
	expect([response.status, await response.json()]).toEqual([
		200,
		{
			data: {
				status: 'ok',
				services: { auth: 'ok', files: 'ok', jobs: 'ok', billing: 'ok', webhooks: 'ok' },
			},
		},
	]);
});

test('health, readiness and startup succeed only when signed-in requests can be served', async () => {
	auth.withholdsLeases = true;
	const starting = await startTestGateway({
		auth,
		jobsUrl: jobs.url,
		filesUrl: jobs.url,
		early: true,
	});
	const responses = () =>
		Promise.all([
			fetch(`${starting.url}/v1/health`),
			fetch(`${starting.privateUrl}/health/ready`),
			fetch(`${starting.privateUrl}/health/startup`),
		]);
	const before = await responses();
	expect(before.map(({ status }) => status)).toEqual([503, 503, 503]);
	expect(await before[0]?.json()).toMatchObject({
		error: { code: 'upstream_unavailable', details: [{ path: 'session-verification' }] },
	});
	expect(before[0]?.headers.get('retry-after')).not.toBeNull();
	auth.withholdsLeases = false;
	await waitUntil(async () => (await responses()).every(({ status }) => status === 200));
	const token = auth.token();
	expect((await fetch(`${starting.url}/v1/jobs`, { headers: bearer(token) })).status).toBe(200);
	await starting.stop();
});

test('/v1/health names a failing dependency once', async () => {
	await afterTheCache();
	failing = ['rabbitmq'];
	const response = await health();
	expect(response.status).toBe(503);
	expect(response.headers.get('retry-after')).not.toBeNull();
	expect(await response.json()).toMatchObject({
		error: { code: 'upstream_unavailable', details: [{ path: 'rabbitmq', message: 'is down' }] },
	});
});

test('requests are counted, and only the private port shows metrics', async () => {
	await health();
	const { status, headers } = await fetch(`${gateway.url}/metrics`);
	expect([status, headers.get('content-type')]).toEqual([404, 'application/json']);
	const text = await scrape();
	expect(text).toMatch(
		/^creatorr_http_request_duration_seconds_count\{operation="getHealth",status="\d+"\} [1-9]/m,
	);
	expect(text).toMatch(
		/^creatorr_http_request_duration_seconds_count\{operation="none",status="404"\} [1-9]/m,
	);
});

test('metrics show open connections and the remaining lease time', async () => {
	const text = await scrape();
	expect(text).toMatch(/^creatorr_gateway_connections [1-9]/m);
	expect(text).toMatch(/^creatorr_gateway_requests_in_flight 0$/m);
	expect(Number(/^creatorr_gateway_lease_left_seconds (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
});

test('frequent health requests cost the services little', async () => {
	await afterTheCache();
	readinessRequests = 0;
	await Promise.all(Array.from({ length: 100 }, health));
	expect(readinessRequests).toBeLessThan(50);
});

test('/v1/health names services that are down', async () => {
	await afterTheCache();
	await jobs.close();
	const { error } = (await (await health()).json()) as { error: { details: { path: string }[] } };
	expect(error.details.map(({ path }) => path)).toEqual(['files', 'jobs']);
});

test('a service that doesn’t respond is counted', async () => {
	expect((await fetch(`${gateway.url}/v1/tools`)).status).toBe(503);
	expect(await scrape()).toMatch(/^creatorr_gateway_upstream_failures_total\{service="jobs"\} 1$/m);
});

const readyAnswer = { status: 200, body: { data: { status: 'ok' } } };
const failingAnswer = (...paths: string[]) => ({
	status: 503,
	body: {
		error: {
			code: 'upstream_unavailable',
			message: 'no',
			request_id: 'req_1',
			details: paths.map((path) => ({ path, message: 'is down' })),
		},
	},
});

describe('summarizeHealth', () => {
	test('returns ok when every service is ready', () => {
		expect(summarizeHealth({ auth: readyAnswer, jobs: readyAnswer })).toEqual({
			status: 'ok',
			services: { auth: 'ok', jobs: 'ok' },
		});
	});

	test.each([
		[
			'a part that several services need, once',
			{ a: failingAnswer('rabbitmq'), b: failingAnswer('rabbitmq', 's3') },
			['rabbitmq', 's3'],
		],
		['a service that does not respond', { auth: readyAnswer, jobs: undefined }, ['jobs']],
		['a service that fails without details', { jobs: { status: 500, body: 'oops' } }, ['jobs']],
	])('names %s', (_, readiness, paths) => {
		expect(() => summarizeHealth(readiness)).toThrow(
			expect.objectContaining({
				code: 'upstream_unavailable',
				details: paths.map((path) => expect.objectContaining({ path })),
			}),
		);
	});
});
