import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { slice } from '@creatorr/testing/slice';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { bearer, startTestGateway, startUpstream, type TestGateway, waitUntil } from '../testing/gateway.ts';
import { open, readAll } from '../testing/raw.ts';

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
