import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { limitedRequests, startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { startUpstream } from '../testing/upstream.ts';

const APP = 'https://app.example.com';

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let gateways: [TestGateway, TestGateway];

beforeAll(async () => {
	auth = await startFakeAuth();
	// So few that none is restored within a test.
	auth.quota.limits = { requests: 4, jobs: 2 };
	jobs = await startUpstream((req, res) => {
		res.setHeader('Content-Type', 'application/json');
		req.resume().once('end', () => res.end('{"data":[]}'));
	});
	const start = () => startTestGateway({ auth, jobsUrl: jobs.url, env: { CORS_ORIGINS: APP } });
	gateways = await Promise.all([start(), start()]);
});

afterAll(async () => {
	await Promise.all(gateways.map(({ stop }) => stop()));
	await jobs.close();
	await auth.close();
});

const get = ({ url }: TestGateway, token: string, path = '/v1/jobs') =>
	fetch(url + path, { headers: { ...bearer(token), Origin: APP } });
const remaining = ({ headers }: Response) => Number(/;r=(\d+)/.exec(headers.get('RateLimit') ?? '')?.[1]);

describe('a response to a user', () => {
	test('has the rate limits of the plan, which other origins may read', async () => {
		const { headers } = await get(gateways[0], auth.token());
		expect(headers.get('RateLimit-Policy')).toBe('"requests";q=4;w=60');
		expect(headers.get('RateLimit')).toBe('"requests";r=3;t=15');
		expect(headers.get('Access-Control-Expose-Headers')).toContain('RateLimit-Policy, RateLimit');
	});

	test('is 429 with the violated policy at every gateway once the quota is used up', async () => {
		const [first, second] = gateways;
		const token = auth.token();
		for (const gateway of [first, second, first, second]) {
			expect((await get(gateway, token)).status).toBe(200);
		}
		for (const gateway of gateways) {
			const response = await get(gateway, token);
			const { error } = (await response.json()) as { error: Record<string, unknown> };
			expect([response.status, error.code, error.violated_policies]).toEqual([
				429,
				'rate_limited',
				['requests'],
			]);
			expect(response.headers.get('RateLimit')).toMatch(/^"requests";r=0;t=\d+$/);
			const restoredInSeconds = Number(/t=(\d+)/.exec(response.headers.get('RateLimit') ?? '')?.[1]);
			expect(Number(response.headers.get('Retry-After'))).toBeGreaterThanOrEqual(restoredInSeconds);
		}
		expect(await limitedRequests(first, 'plan_requests')).toBeGreaterThan(0);
	});

	test('has the rate limits and costs nothing when the API key lacks the scope', async () => {
		const key = auth.setKey({ scopes: ['files:read'] });
		const refused = await get(gateways[0], key);
		expect([refused.status, remaining(refused)]).toEqual([403, 4]);
		const sessionOnly = await get(gateways[0], key, '/v1/keys');
		expect([sessionOnly.status, remaining(sessionOnly)]).toEqual([403, 4]);
	});

	test('is 200 to a new user while calls to auth fail', async () => {
		auth.quota.isDown = true;
		const response = await get(gateways[0], auth.token()).finally(() => {
			auth.quota.isDown = false;
		});
		expect([response.status, response.headers.get('RateLimit-Policy')]).toEqual([200, '"requests";q=4;w=60']);
	});
});

test('a response to a client without a valid token has no rate limits', async () => {
	const sessionId = newId('ses');
	auth.kill(sessionId);
	for (const token of ['nonsense', auth.token({ sid: sessionId })]) {
		const { status, headers } = await get(gateways[0], token);
		expect([status, headers.get('RateLimit'), headers.get('RateLimit-Policy')]).toEqual([401, null, null]);
	}
});
