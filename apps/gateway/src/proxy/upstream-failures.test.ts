import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
	expectError,
	type ProxiedGateway,
	SILENCE_MS,
	sendEmptyList,
	startProxiedGateway,
} from '../testing/proxied-gateway.ts';

let world: ProxiedGateway;

beforeAll(async () => {
	world = await startProxiedGateway();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

describe('a service that fails', () => {
	test('causes 503 with Retry-After when it is down', async () => {
		const response = await world.get('/v1/billing');
		expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
		await expectError(response, 503, 'upstream_unavailable');
	});

	test('causes 503 when it closes the connection', async () => {
		world.handler = (req) => req.socket.destroy();
		await expectError(await world.get('/v1/jobs'), 503, 'upstream_unavailable');
	});

	test('causes 503 when it doesn’t send HTTP', async () => {
		world.handler = (req) => req.socket.end('hello\r\n\r\n');
		await expectError(await world.get('/v1/jobs'), 503, 'upstream_unavailable');
	});

	test('causes 504 when it sends nothing in time', async () => {
		world.handler = () => undefined;
		await expectError(await world.get('/v1/jobs'), 504, 'upstream_unavailable');
		expect(world.warnings.filter(({ event }) => event === 'gateway.upstream_failed')).toMatchObject([
			{ reason: 'upstream timeout: no data for 0.4 s' },
		]);
	});

	test('may stay silent for the duration of a long poll in addition', async () => {
		world.handler = (_req, res) => {
			setTimeout(() => sendEmptyList(_req, res), SILENCE_MS + 300);
		};
		expect((await world.get(`/v1/jobs/${newId('job')}?wait=1`)).status).toBe(200);
		const startedAtMs = performance.now();
		world.handler = () => undefined;
		await expectError(await world.get(`/v1/jobs/${newId('job')}?wait=1`), 504, 'upstream_unavailable');
		expect(performance.now() - startedAtMs).toBeGreaterThan(1_000);
	});

	test('in the middle of a response cuts the response', async () => {
		world.handler = (req, res) => {
			res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
			res.write('{', () => req.socket.destroy());
		};
		const response = await world.get('/v1/jobs');
		await expect(response.text()).rejects.toThrow();
	});

	test('by going silent cuts its event stream', async () => {
		world.handler = (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		await expect(response.text()).rejects.toThrow();
	});

	test('keeps its event stream while it sends comments', async () => {
		world.handler = async (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			for (let comment = 0; comment < 5; comment += 1) {
				res.write(': still here\n\n');
				await delay(SILENCE_MS / 2);
			}
			res.end();
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		expect((await response.text()).match(/still here/g)?.length).toBe(5);
	});

	test.each([
		[500, 500, 'internal'],
		[502, 503, 'upstream_unavailable'],
		[504, 504, 'upstream_unavailable'],
		[431, 500, 'internal'],
	])(
		'with %i in another format has its response replaced by an error envelope',
		async (given, status, code) => {
			world.handler = (_req, res) => {
				res.writeHead(given, { 'Content-Type': 'text/html' });
				res.end('<h1>secret host</h1>');
			};
			await expectError(await world.get('/v1/jobs'), status, code);
		},
	);

	test('with an error envelope is forwarded', async () => {
		world.handler = (_req, res) => {
			res.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '2' });
			res.end('{"error":{"code":"upstream_unavailable","message":"the store"}}');
		};
		const response = await world.get('/v1/jobs');
		expect(await response.json()).toMatchObject({ error: { message: 'the store' } });
	});
});

describe('when the service closes a keep-alive connection', () => {
	/** Makes the service close the next request's connection, which was used before. */
	async function cutNext(): Promise<void> {
		await (await world.get('/v1/tools', {})).text();
		world.handler = (req) => {
			world.handler = sendEmptyList;
			req.socket.destroy();
		};
	}

	test('a GET is retried', async () => {
		await cutNext();
		expect((await world.get('/v1/tools', {})).status).toBe(200);
		expect(world.received.length).toBe(3);
	});

	test('a POST is not retried', async () => {
		await cutNext();
		await expectError(await world.post('{}'), 503, 'upstream_unavailable');
		expect(world.received.filter(({ method }) => method === 'POST').length).toBe(1);
	});

	test('a GET is retried once at most', async () => {
		await (await world.get('/v1/tools', {})).text();
		world.handler = (req) => req.socket.destroy();
		await expectError(await world.get('/v1/tools', {}), 503, 'upstream_unavailable');
		expect(world.received.length).toBe(3);
	});
});
