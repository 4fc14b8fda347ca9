import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, waitUntil } from '../testing/gateway.ts';
import { type ProxiedGateway, startProxiedGateway } from '../testing/proxied-gateway.ts';
import { open, rawRequest } from '../testing/raw.ts';

const MIB = 1024 * 1024;

let world: ProxiedGateway;

beforeAll(async () => {
	world = await startProxiedGateway();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

describe('a service', () => {
	test('gets the user in an identity that the gateway signed', async () => {
		const ids = { sub: newId('usr'), sid: newId('ses') };
		await world.get('/v1/jobs', bearer(world.auth.token(ids)));
		const verify = createIdentityVerifier({ keys: [world.gateway.keys.jwk('gateway')] });
		const identity = verify(String(world.received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({ caller: 'gateway', user: { id: ids.sub, sessionId: ids.sid } });
	});

	test('gets an identity without a user for a public request', async () => {
		await world.get('/v1/tools');
		const verify = createIdentityVerifier({ keys: [world.gateway.keys.jwk('gateway')] });
		const identity = verify(String(world.received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({ caller: 'gateway', user: null });
	});

	test('gets the request id that the client gets', async () => {
		const response = await world.get('/v1/tools', {});
		expect(world.received[0]?.headers['x-request-id']).toBe(response.headers.get('x-request-id'));
	});

	test.each([
		'X-Creatorr-Identity',
		'x_creatorr_identity',
		'X-CREATORR_Identity',
		'X-User-Id',
		'X_User_Id',
		'x_request_id',
		'X-Forwarded-Host',
		'X_Forwarded_For',
		'Forwarded',
		'X-Real-IP',
		'Cookie',
	])('doesn’t get a client’s %s header', async (name) => {
		await rawRequest(world.gateway.publicPort, 'GET /v1/tools', [`${name}: forged`]);
		expect(world.received[0]?.rawHeaders).not.toContain('forged');
	});

	test('gets no header that the client names in Connection', async () => {
		const token = world.auth.token();
		const headers = [`Authorization: Bearer ${token}`, 'Connection: close, x-creatorr-identity'];
		await rawRequest(world.gateway.publicPort, 'GET /v1/jobs', headers);
		expect(world.received[0]?.headers['x-creatorr-identity']).toMatch(/^ey/);
	});

	test('gets no token', async () => {
		await world.get('/v1/jobs');
		expect(world.received[0]?.headers.authorization).toBeUndefined();
	});

	test('gets the client’s address from a trusted proxy', async () => {
		await world.get('/v1/tools', { 'X-Forwarded-For': '6.6.6.6, 1.2.3.4' });
		expect(world.received[0]?.headers['x-forwarded-for']).toBe('1.2.3.4');
	});

	test('gets path and query unchanged', async () => {
		await world.get('/v1/jobs?cursor=a%2Fb%20&limit=2');
		expect(world.received[0]?.url).toBe('/v1/jobs?cursor=a%2Fb%20&limit=2');
	});

	test('is called over keep-alive connections', async () => {
		for (let turn = 0; turn < 5; turn += 1) await (await world.get('/v1/tools', {})).text();
		expect(new Set(world.received.map(({ socket }) => socket.remotePort)).size).toBe(1);
	});
});

describe('a response', () => {
	test('is forwarded with status, body and the headers of the contract', async () => {
		world.handler = (_req, res) => {
			res.writeHead(429, { 'Content-Type': 'application/json; charset=utf-8', 'Retry-After': '7' });
			res.end('{"error":{"code":"rate_limited"}}');
		};
		const response = await world.get('/v1/jobs');
		expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
		expect(await response.json()).toEqual({ error: { code: 'rate_limited' } });
	});

	test('without a body is forwarded', async () => {
		world.handler = (_req, res) => {
			res.writeHead(204).end();
		};
		const response = await world.get('/v1/jobs');
		expect([response.status, await response.text()]).toEqual([204, '']);
	});

	test.each([0, 1, 65_536, 65_537, 1_000_000])(
		'of %i bytes in pieces is forwarded byte for byte',
		async (sizeBytes) => {
			const body = Buffer.alloc(sizeBytes, 'abcdefg');
			world.handler = async (_req, res) => {
				res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(sizeBytes) });
				res.write(body.subarray(0, sizeBytes / 3));
				await delay(20);
				res.end(body.subarray(sizeBytes / 3));
			};
			const response = await world.get('/v1/jobs');
			expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
		},
	);

	test('is streamed as it is written', async () => {
		world.handler = async (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write('event: job\ndata: 1\n\n');
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		const reader = response.body?.getReader();
		const first = await reader?.read();
		expect(Buffer.from(first?.value ?? []).toString()).toBe('event: job\ndata: 1\n\n');
		await reader?.cancel();
	});

	test('that the client doesn’t read is not buffered in memory', async () => {
		let sentMib = 0;
		const cut = Promise.withResolvers<void>();
		world.handler = async (_req, res) => {
			res.once('close', () => cut.resolve());
			res.writeHead(200, { 'Content-Type': 'application/json' });
			for (; sentMib < 256 && !res.destroyed; sentMib += 1) {
				if (!res.write(Buffer.alloc(MIB))) await Promise.race([once(res, 'drain'), once(res, 'close')]);
			}
		};
		const socket = await open(world.gateway.publicPort);
		socket.pause();
		socket.write(`GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${world.auth.token()}\r\n\r\n`);
		await cut.promise;
		socket.destroy();
		expect(sentMib).toBeGreaterThan(0);
		expect(sentMib).toBeLessThan(64);
	});
});

describe('a client that disconnects', () => {
	test('cancels the request to the service', async () => {
		const closed = Promise.withResolvers<void>();
		world.handler = (req) => {
			req.socket.once('close', () => closed.resolve());
		};
		const abort = new AbortController();
		const pendingRequest = fetch(`${world.gateway.url}/v1/jobs`, {
			headers: bearer(world.auth.token()),
			signal: abort.signal,
		});
		await waitUntil(() => world.received.length === 1);
		abort.abort();
		await expect(pendingRequest).rejects.toThrow();
		await closed.promise;
	});

	test('cancels a stream', async () => {
		const closed = Promise.withResolvers<void>();
		world.handler = (_req, res) => {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
			res.once('close', () => closed.resolve());
		};
		const response = await world.get(`/v1/jobs/${newId('job')}/events`);
		await response.body?.cancel();
		await closed.promise;
	});
});
