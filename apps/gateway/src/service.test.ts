import type { ServerResponse } from 'node:http';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from './testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, waitUntil } from './testing/gateway.ts';

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let held: ServerResponse[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((_req, res) => held.push(res));
});

afterAll(async () => {
	await jobs.close();
	await auth.close();
});

test('the public port opens after the private one', async () => {
	const taken = await startUpstream(() => undefined);
	const port = new URL(taken.url).port;
	// Both are taken: the error is that of the first.
	const env = { PORT: port, PUBLIC_PORT: new URL(jobs.url).port };
	await expect(startTestGateway({ auth, env })).rejects.toMatchObject({
		code: 'EADDRINUSE',
		port: Number(port),
	});
	await taken.close();
});

async function startDraining(path: string) {
	held = [];
	const limits = { drainLongPollsMs: 200, drainMs: 500 };
	const gateway = await startTestGateway({ auth, jobsUrl: jobs.url, limits });
	const pendingRequest = fetch(`${gateway.url}${path}`, { headers: bearer(auth.token()) });
	await waitUntil(() => held.length === 1);
	return { pendingRequest, stopped: gateway.stop() };
}

const waitPath = () => `/v1/jobs/${newId('job')}?wait=60`;

test('a long poll that ends while the gateway drains gets its response', async () => {
	const { pendingRequest, stopped } = await startDraining(waitPath());
	held[0]?.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
	expect((await pendingRequest).status).toBe(200);
	await stopped;
});

test('a long poll that does not end gets 503 before the end of the drain', async () => {
	const { pendingRequest, stopped } = await startDraining(waitPath());
	const response = await pendingRequest;
	expect([response.status, response.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
	await stopped;
});

test('a response that a service does not complete in time is cut', async () => {
	const { pendingRequest, stopped } = await startDraining('/v1/jobs');
	await expect(pendingRequest).rejects.toThrow();
	await stopped;
});
