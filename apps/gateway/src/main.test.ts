import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from './testing/fake-auth.ts';
import { newKeys } from './testing/keys.ts';
import { open, readAll } from './testing/raw.ts';
import { freePort, startUpstream } from './testing/upstream.ts';
import { waitUntil } from './testing/wait-until.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let auth: FakeAuth;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
let held: ServerResponse[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		if (req.url?.endsWith('/events')) {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
		} else held.push(res);
	});
});

afterEach(() => {
	held = [];
	for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => {
	await jobs.close();
	await auth.close();
});

async function startProcess() {
	const [port, publicPort] = [await freePort(), await freePort()];
	const keys = newKeys();
	const child = spawn(process.execPath, [MAIN], {
		env: {
			NODE_ENV: 'test',
			PORT: String(port),
			PUBLIC_PORT: String(publicPort),
			PRIVATE_URL: `http://127.0.0.1:${port}`,
			INTERNAL_PRIVATE_KEY: keys.pem,
			INTERNAL_KEYS: JSON.stringify({ keys: [keys.jwk('gateway'), auth.identityKeys.jwk('auth')] }),
			AUTH_URL: auth.url,
			AUTH_CONTROL_URL: auth.url,
			FILES_URL: jobs.url,
			JOBS_URL: jobs.url,
			BILLING_URL: jobs.url,
			WEBHOOKS_URL: jobs.url,
		},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	children.push(child);
	const privateUrl = `http://127.0.0.1:${port}`;
	const readiness = () => fetch(`${privateUrl}/health/ready`).catch(() => undefined);
	await waitUntil(async () => (await readiness())?.status === 200);
	return { child, readiness, publicPort, url: `http://127.0.0.1:${publicPort}` };
}

describe('SIGTERM', () => {
	test('lets requests finish, accepts no new ones, cuts streams and exits with 0', async () => {
		const { child, readiness, url, publicPort } = await startProcess();
		const headers = bearer(auth.token());
		const slow = fetch(`${url}/v1/jobs`, { headers });
		await waitUntil(() => held.length === 1);
		const stream = await fetch(`${url}/v1/jobs/${newId('job')}/events`, { headers });
		const exited = once(child, 'exit');
		child.kill('SIGTERM');
		await expect(stream.text()).rejects.toThrow();
		expect((await readiness())?.status).toBe(503);
		await expect(open(publicPort)).rejects.toThrow('ECONNREFUSED');
		held[0]?.setHeader('Content-Type', 'application/json');
		held[0]?.end('{"data":[]}');
		expect(await (await slow).json()).toEqual({ data: [] });
		expect(await exited).toEqual([0, null]);
	});

	test('closes idle connections after their last response', async () => {
		const { child, publicPort } = await startProcess();
		const socket = await open(publicPort);
		const request = `GET /v1/tools HTTP/1.1\r\nHost: a\r\n\r\n`;
		socket.write(request);
		await waitUntil(() => held.length === 1);
		child.kill('SIGTERM');
		await delay(200);
		held[0]?.setHeader('Content-Type', 'application/json');
		held[0]?.end('{}');
		expect((await readAll(socket)).headers.connection).toBe('close');
	});
});

test('each request is one JSON line with its id, operation, user, network and status', async () => {
	const { child, url } = await startProcess();
	const output = text(child.stdout ?? []);
	const [userId, query] = [newId('usr'), 'cursor=private'];
	const token = auth.token({ sub: userId });
	const [refused, found] = [
		await fetch(`${url}/v1/me`),
		await fetch(`${url}/v1/nothing?${query}`, { headers: bearer(token) }),
	];
	const listed = fetch(`${url}/v1/jobs?${query}`, { headers: bearer(token) });
	await waitUntil(() => held.length === 1);
	held[0]?.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
	const requestIds = [refused, found, await listed].map(({ headers }) => headers.get('x-request-id'));
	child.kill('SIGTERM');
	const lines = await output;
	expect(lines).not.toContain('private');
	expect(lines).not.toContain(token);
	const common = { time: expect.stringMatching(/Z$/), level: 'info', service: 'gateway' };
	const line = (fields: object) => ({
		...common,
		event: 'http.request',
		network: '127.0.0.1',
		duration_ms: expect.any(Number),
		...fields,
	});
	const events = lines
		.trim()
		.split('\n')
		.map((one) => JSON.parse(one));
	expect(events.filter(({ event }) => event === 'http.request')).toEqual([
		line({ request_id: requestIds[0], operation: 'getMe', status: 401 }),
		line({ request_id: requestIds[1], status: 404 }),
		line({ request_id: requestIds[2], operation: 'listJobs', user_id: userId, status: 200 }),
	]);
});

test('a wrong configuration exits with an error that names every wrong variable', async () => {
	const child = spawn(process.execPath, [MAIN], { env: { PORT: 'x' }, stdio: ['ignore', 'ignore', 'pipe'] });
	const message = text(child.stderr);
	expect(await once(child, 'exit')).toEqual([1, null]);
	expect(await message).toMatch(/PORT[\s\S]*INTERNAL_PRIVATE_KEY[\s\S]*AUTH_URL/);
});
