import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { slice } from '@creatorr/testing/slice';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { newKeys } from '../testing/keys.ts';
import { open, rawRequest, readAll } from '../testing/raw.ts';
import { startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';

describe('one gateway:', () => {
	const KEY_REFRESH_MIN_MS = 100;

	let auth: FakeAuth;
	let gateway: TestGateway;
	let jobs: Awaited<ReturnType<typeof startUpstream>>;
	let requests: number;

	beforeEach(async () => {
		requests = 0;
		auth = await startFakeAuth();
		jobs = await startUpstream((_req, res) => {
			requests += 1;
			res.setHeader('Content-Type', 'application/json');
			res.end('{"data":[]}');
		});
		gateway = await startTestGateway({
			auth,
			jobsUrl: jobs.url,
			limits: { authCallMs: 2_000, leaseRenewalMs: 100, jwksRefreshMinMs: KEY_REFRESH_MIN_MS },
		});
	});

	afterEach(async () => {
		await gateway.stop();
		await jobs.close();
		await auth.close();
	});

	const get = (token: string) => fetch(`${gateway.url}/v1/jobs`, { headers: bearer(token) });
	const statusOf = async (token: string) => (await get(token)).status;

	async function codeOf(response: Response): Promise<[number, string]> {
		const { error } = (await response.json()) as { error: { code: string } };
		return [response.status, error.code];
	}

	describe('a token', () => {
		test('of a live session is accepted', async () => {
			expect(await statusOf(auth.token())).toBe(200);
		});

		test.each([
			['missing', []],
			['of another scheme', ['Authorization: Basic YTpi']],
			['garbage', ['Authorization: Bearer x.y.z']],
		])('that is %s gets 401 with a challenge', async (_, headers) => {
			const response = await rawRequest(gateway.publicPort, 'GET /v1/jobs', headers);
			expect([response.status, JSON.parse(response.body).error.code]).toEqual([401, 'unauthorized']);
			expect(response.headers['www-authenticate']).toBe('Bearer');
		});

		test('that is sent twice gets 401', async () => {
			const header = `Authorization: Bearer ${auth.token()}`;
			const response = await rawRequest(gateway.publicPort, 'GET /v1/jobs', [header, header]);
			expect(response.status).toBe(401);
		});

		test('of a dead session gets 401 and reaches no service', async () => {
			const sid = newId('ses');
			auth.kill(sid);
			expect(await codeOf(await get(auth.token({ sid })))).toEqual([401, 'unauthorized']);
			expect(requests).toBe(0);
		});

		test('is ignored by public operations', async () => {
			const response = await fetch(`${gateway.url}/v1/tools`, { headers: { Authorization: 'Bearer x' } });
			expect(response.status).toBe(200);
		});

		test('is optional, but has to be valid, where a session is optional', async () => {
			const sid = newId('ses');
			auth.kill(sid);
			const verify = async (headers: Record<string, string>) =>
				(await fetch(`${gateway.url}/v1/auth/verify`, { method: 'POST', headers })).status;
			// 404: the fake auth has no such route.
			expect(await verify({})).toBe(404);
			expect(await verify(bearer(auth.token()))).toBe(404);
			expect(await verify(bearer(auth.token({ sid })))).toBe(401);
			expect(await verify({ Authorization: 'Bearer x' })).toBe(401);
		});

		test('is checked at auth once', async () => {
			const token = auth.token();
			await Promise.all(Array.from({ length: 20 }, () => statusOf(token)));
			await Promise.all(Array.from({ length: 20 }, () => statusOf(token)));
			expect(auth.counts.check).toBe(1);
		});
	});

	describe('a client that disconnects while its session is looked up', () => {
		test('opens no connection to a service', async () => {
			let connections = 0;
			jobs.server.on('connection', () => {
				connections += 1;
			});
			const decided = Promise.withResolvers<void>();
			const mayAnswer = Promise.withResolvers<void>();
			auth.beforeCheckResponse = async () => {
				decided.resolve();
				await mayAnswer.promise;
			};
			const token = auth.token();
			const socket = await open(gateway.publicPort);
			socket.write(`GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`);
			await decided.promise;
			socket.destroy();
			await delay(50);
			mayAnswer.resolve();
			expect(await statusOf(token)).toBe(200);
			expect(connections).toBe(1);
		});
	});

	describe('signing keys', () => {
		test('are loaded when a token names a new one', async () => {
			const fresh = newKeys();
			auth.jwks.push(fresh.jwk('second'));
			expect(await statusOf(auth.token({}, { keyid: 'second' }, fresh))).toBe(200);
		});

		test('that are unknown are loaded at a limited rate, and get 401', async () => {
			const loadsBefore = auth.counts.jwks;
			const startedAtMs = performance.now();
			const tokens = Array.from({ length: 50 }, (_, index) => auth.token({}, { keyid: `bogus-${index}` }));
			const statuses = await Promise.all(tokens.map(statusOf));
			const intervals = Math.ceil((performance.now() - startedAtMs) / KEY_REFRESH_MIN_MS);
			expect(new Set(statuses)).toEqual(new Set([401]));
			expect(auth.counts.jwks - loadsBefore).toBeLessThanOrEqual(1 + intervals);
		});

		test('that were retired are rejected after the next lease renewal, also for cached tokens', async () => {
			const stolen = newKeys();
			auth.jwks.push(stolen.jwk('stolen'));
			const token = auth.token({}, { keyid: 'stolen' }, stolen);
			expect(await statusOf(token)).toBe(200);
			auth.jwks.pop();
			await waitUntil(async () => (await statusOf(token)) !== 200);
			expect(await codeOf(await get(token))).toEqual([401, 'unauthorized']);
			expect(await statusOf(auth.token())).toBe(200);
		});

		test('that were retired are accepted no longer than the lease when the keys can’t be loaded', async () => {
			const stolen = newKeys();
			auth.jwks.push(stolen.jwk('stolen'));
			auth.ttlMs = 1_500;
			const token = auth.token({}, { keyid: 'stolen' }, stolen);
			await waitUntil(async () => (await statusOf(token)) === 200);
			auth.hidesKeys = true;
			auth.jwks.pop();
			await waitUntil(async () => (await statusOf(token)) !== 200);
			expect(await codeOf(await get(token))).toEqual([503, 'upstream_unavailable']);
			auth.hidesKeys = false;
			await waitUntil(async () => (await statusOf(token)) === 401);
		});

		test('that can’t be loaded return 503 and not 401', async () => {
			const token = auth.token({}, { keyid: 'second' }, newKeys());
			auth.isFrozen = true;
			const response = await get(token);
			expect(response.headers.get('retry-after')).not.toBeNull();
			expect(await codeOf(response)).toEqual([503, 'upstream_unavailable']);
		});
	});

	describe('the lease', () => {
		test('is renewed under one instance id', async () => {
			const instanceId = gateway.instanceId();
			const renewals = auth.counts.lease;
			await waitUntil(() => auth.counts.lease > renewals + 5);
			expect(gateway.instanceId()).toBe(instanceId);
		});

		test('keeps known sessions valid for its duration when auth is down', async () => {
			const token = auth.token();
			auth.ttlMs = 1_500;
			await waitUntil(async () => (await statusOf(token)) === 200);
			await delay(300);
			auth.isFrozen = true;
			expect(await statusOf(token)).toBe(200);
			await waitUntil(async () => (await statusOf(token)) !== 200);
			const response = await get(token);
			expect(response.headers.get('retry-after')).not.toBeNull();
			expect(await codeOf(response)).toEqual([503, 'upstream_unavailable']);
		});

		test('is renewed while an earlier renewal hangs', async () => {
			const instanceId = gateway.instanceId();
			auth.hangingLeases = 1;
			const renewals = auth.counts.lease;
			await waitUntil(() => auth.counts.lease > renewals + 10);
			expect(gateway.instanceId()).toBe(instanceId);
			expect(await statusOf(auth.token())).toBe(200);
		});

		test('is released when the gateway stops, after its last request', async () => {
			const other = await startTestGateway({ auth, jobsUrl: jobs.url });
			expect(auth.leases.has(other.instanceId())).toBe(true);
			const instanceId = other.instanceId();
			await other.stop();
			expect(auth.leases.has(instanceId)).toBe(false);
		});

		test('does not cover unknown sessions', async () => {
			auth.isFrozen = true;
			expect(await codeOf(await get(auth.token()))).toEqual([503, 'upstream_unavailable']);
		});

		test('is not needed by public operations', async () => {
			auth.isFrozen = true;
			auth.ttlMs = 0;
			expect((await fetch(`${gateway.url}/v1/tools`)).status).toBe(200);
		});

		test('restarts under another instance id, with an empty cache', async () => {
			const sid = newId('ses');
			const token = auth.token({ sid });
			expect(await statusOf(token)).toBe(200);
			const instanceId = gateway.instanceId();
			auth.fenced.add(instanceId);
			auth.kill(sid);
			await waitUntil(() => gateway.instanceId() !== instanceId && gateway.instanceId() !== '');
			await waitUntil(async () => (await statusOf(auth.token())) === 200);
			expect(await statusOf(token)).toBe(401);
		});

		test('sends auth the address of the private port', () => {
			expect([...auth.leases.values()]).toEqual([gateway.privateUrl]);
		});
	});

	describe('readiness', () => {
		test('requires keys and a lease', async () => {
			auth.isFrozen = true;
			const other = await startTestGateway({
				auth,
				limits: { authCallMs: 100, leaseRenewalMs: 100 },
				early: true,
			});
			expect((await fetch(`${other.privateUrl}/health/ready`)).status).toBe(503);
			auth.isFrozen = false;
			await waitUntil(async () => (await fetch(`${other.privateUrl}/health/ready`)).ok);
			await other.stop();
		});

		test('fails without a lease, while the startup probe still succeeds', async () => {
			const probe = async (name: string) => (await fetch(`${gateway.privateUrl}/health/${name}`)).status;
			expect(await probe('startup')).toBe(200);
			auth.withholdsLeases = true;
			auth.fenced.add(gateway.instanceId());
			await waitUntil(async () => (await probe('ready')) === 503);
			expect(await probe('startup')).toBe(200);
			auth.withholdsLeases = false;
			await waitUntil(async () => (await probe('ready')) === 200);
		});
	});
});

describe('two gateways:', () => {
	/** Sign-outs after which both gateways are asked. */
	const SIGN_OUTS = slice([...Array(1_000).keys()], 100);

	let auth: FakeAuth;
	let one: TestGateway;
	let two: TestGateway;
	let jobs: Awaited<ReturnType<typeof startUpstream>>;
	/** Responses that the service holds back. */
	let held: ServerResponse[];
	let requests: number;

	beforeAll(async () => {
		auth = await startFakeAuth();
		jobs = await startUpstream((req, res) => {
			requests += 1;
			if (req.url?.endsWith('/events')) {
				res.writeHead(200, { 'Content-Type': 'text/event-stream' });
				res.write(': hello\n\n');
				held.push(res);
			} else if (req.url?.includes('wait=') || req.headers['user-agent'] === 'slow') held.push(res);
			else {
				res.setHeader('Content-Type', 'application/json');
				req.resume().once('end', () => res.end('{"data":[]}'));
			}
		});
		const options = { auth, jobsUrl: jobs.url, filesUrl: jobs.url, limits: { leaseRenewalMs: 200 } };
		one = await startTestGateway(options);
		two = await startTestGateway(options);
	});

	beforeEach(() => {
		held = [];
		requests = 0;
		auth.beforeCheckResponse = async () => undefined;
	});

	/**
	 * Holds back auth's response to the next session check until `respond` is called. `decided` resolves when auth has looked the session up.
	 */
	function holdCheckResponse(): { decided: Promise<void>; respond(): void } {
		const decided = Promise.withResolvers<void>();
		const mayRespond = Promise.withResolvers<void>();
		auth.beforeCheckResponse = async () => {
			decided.resolve();
			await mayRespond.promise;
		};
		return { decided: decided.promise, respond: mayRespond.resolve };
	}

	afterAll(async () => {
		await one.stop();
		await two.stop();
		await jobs.close();
		await auth.close();
	});

	function newSession() {
		const sid = newId('ses');
		return { sid, token: auth.token({ sid }) };
	}

	const get = (gateway: TestGateway, token: string, path = '/v1/jobs', headers = {}) =>
		fetch(`${gateway.url}${path}`, { headers: { ...bearer(token), ...headers } });

	const statusOf = async (gateway: TestGateway, token: string) => (await get(gateway, token)).status;

	const revoke = (...sessionIds: string[]) => auth.push(one.privateUrl, one.instanceId(), sessionIds);

	const jobPath = () => `/v1/jobs/${newId('job')}`;

	describe('a revoked session', () => {
		test(`is rejected by both gateways after the response of the sign-out, ${SIGN_OUTS.length} times`, async () => {
			const onBoth = (token: string) => Promise.all([statusOf(one, token), statusOf(two, token)]);
			const outcomes = new Map<string, number>();
			const rounds = SIGN_OUTS.values();
			async function runRounds(): Promise<void> {
				for (const _ of rounds) {
					const { sid, token } = newSession();
					const before = await onBoth(token);
					await auth.logout(sid);
					const outcome = `${before} then ${await onBoth(token)}`;
					outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
				}
			}
			await Promise.all(Array.from({ length: 8 }, runRounds));
			expect(Object.fromEntries(outcomes)).toEqual({ '200,200 then 401,401': SIGN_OUTS.length });
		}, 240_000);

		test('is rejected under a constant stream of its own requests', async () => {
			for (const _ of slice([...Array(20).keys()], 4)) {
				const { sid, token } = newSession();
				let isSignedOut = false;
				let acceptedAfter = 0;
				const hammer = Array.from({ length: 8 }, async () => {
					for (let turn = 0; turn < 10; turn += 1) {
						const wasSignedOut = isSignedOut;
						const status = await statusOf(turn % 2 === 0 ? one : two, token);
						if (wasSignedOut && status === 200) acceptedAfter += 1;
					}
				});
				await delay(Math.random() * 10);
				await auth.logout(sid);
				isSignedOut = true;
				await Promise.all(hammer);
				expect(acceptedAfter).toBe(0);
			}
		}, 240_000);

		test('is rejected even if auth reported it alive just before', async () => {
			const { sid, token } = newSession();
			const { decided, respond } = holdCheckResponse();
			const pendingRequest = get(one, token);
			await decided;
			await revoke(sid);
			respond();
			expect((await pendingRequest).status).toBe(401);
			expect(await statusOf(one, token)).toBe(401);
			expect(requests).toBe(0);
		});

		test('is rejected without waiting for an earlier lookup', async () => {
			const { sid, token } = newSession();
			const { decided, respond } = holdCheckResponse();
			const pendingRequest = get(one, token);
			await decided;
			await revoke(sid);
			expect([(await pendingRequest).status, await statusOf(one, token)]).toEqual([401, 401]);
			respond();
		});

		test('leaves the user’s other sessions signed in', async () => {
			const sub = newId('usr');
			const other = auth.token({ sub });
			const { sid } = newSession();
			expect(await statusOf(one, other)).toBe(200);
			await revoke(sid);
			expect(await statusOf(one, other)).toBe(200);
		});
	});

	describe('a revocation', () => {
		test('cuts event streams of its session before its response', async () => {
			const { sid, token } = newSession();
			const stream = await get(one, token, `${jobPath()}/events`);
			const ended = stream.text().then(
				() => 'completed',
				() => 'cut',
			);
			const upstreamClosed = new Promise((resolve) => held[0]?.once('close', resolve));
			await revoke(sid);
			expect(await ended).toBe('cut');
			await upstreamClosed;
		});

		test('ends long polls of its session with 401', async () => {
			const { sid, token } = newSession();
			const waiting = get(one, token, `${jobPath()}?wait=60`);
			await waitUntil(() => held.length === 1);
			const upstreamClosed = new Promise((resolve) => held[0]?.once('close', resolve));
			await revoke(sid);
			expect((await waiting).status).toBe(401);
			await upstreamClosed;
		});

		test('doesn’t affect streams of other sessions', async () => {
			const stream = await get(one, newSession().token, `${jobPath()}/events`);
			await revoke(newSession().sid);
			held[0]?.end('event: job\n\n');
			expect(await stream.text()).toBe(': hello\n\nevent: job\n\n');
		});

		test('lets a request complete that the service has received in full, such as the sign-out', async () => {
			const { sid, token } = newSession();
			const slow = get(one, token, '/v1/jobs', { 'User-Agent': 'slow' });
			await waitUntil(() => held.length === 1);
			await revoke(sid);
			held[0]?.writeHead(204).end();
			expect((await slow).status).toBe(204);
		});

		/** Sends the head of an upload completion, and the first byte of its body. */
		async function beginBody(token: string, framing: string): Promise<Socket> {
			const socket = await open(one.publicPort);
			const head = `POST /v1/files/${newId('fil')}/complete HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}`;
			socket.write(`${head}\r\n${framing}\r\n\r\n{`);
			return socket;
		}

		test('ends a request whose body is still arriving', async () => {
			const { sid, token } = newSession();
			const socket = await beginBody(token, 'Content-Length: 10\r\nExpect: 100-continue');
			const response = readAll(socket);
			await waitUntil(() => socket.bytesRead > 0);
			await revoke(sid);
			expect((await response).text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 401']);
			expect(requests).toBe(0);
		});

		test('returns 404 for a previous instance id', async () => {
			const { sid } = newSession();
			await expect(auth.push(one.privateUrl, two.instanceId(), [sid])).rejects.toMatchObject({
				code: 'not_found',
			});
		});

		test('is accepted only from auth', async () => {
			const response = await fetch(`${one.privateUrl}/internal/sessions/revoked`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify({ instance_id: one.instanceId(), session_ids: [newId('ses')] }),
			});
			expect(response.status).toBe(401);
		});
	});

	describe('a long poll or event stream ends', () => {
		test('with its token', async () => {
			const token = auth.token({}, { expiresIn: 4 });
			const stream = await get(one, token, `${jobPath()}/events`);
			const waiting = get(one, token, `${jobPath()}?wait=60`);
			await expect(stream.text()).rejects.toThrow();
			expect((await waiting).status).toBe(401);
		});

		test('with the lease', async () => {
			const { token } = newSession();
			const stream = await get(two, token, `${jobPath()}/events`);
			const waiting = get(two, token, `${jobPath()}?wait=60`);
			await waitUntil(() => held.length === 2);
			auth.fenced.add(two.instanceId());
			await expect(stream.text()).rejects.toThrow();
			expect((await waiting).status).toBe(503);
		});
	});
});
