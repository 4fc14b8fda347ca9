import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_API_KEY_PREFIX, newApiKey } from '@creatorr/contracts/api-key-format';
import { newId } from '@creatorr/contracts/ids';
import type { Operation } from '@creatorr/contracts/operation';
import { PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import { SCOPES, type Scope } from '@creatorr/contracts/scopes';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { open, readAll } from '../testing/raw.ts';
import { startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';

let auth: FakeAuth;
let one: TestGateway;
let two: TestGateway;
let jobs: Awaited<ReturnType<typeof startUpstream>>;
/** Requests that the service got. */
let received: IncomingMessage[];
/** Responses that the service holds back. */
let held: ServerResponse[];
/** Whether the service holds back all responses. */
let holdsResponses = false;

beforeAll(async () => {
	auth = await startFakeAuth();
	jobs = await startUpstream((req, res) => {
		received.push(req);
		if (req.url?.endsWith('/events')) {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
			held.push(res);
		} else if (req.url?.includes('wait=')) held.push(res);
		else {
			res.setHeader('Content-Type', 'application/json');
			req.on('error', () => undefined);
			req.resume().once('end', () => (holdsResponses ? held.push(res) : res.end('{"data":[]}')));
		}
	});
	const options = { auth, jobsUrl: jobs.url, filesUrl: jobs.url, env: { TRUSTED_PROXIES: '127.0.0.1' } };
	one = await startTestGateway(options);
	two = await startTestGateway(options);
});

beforeEach(() => {
	received = [];
	held = [];
	holdsResponses = false;
	auth.beforeCheckResponse = async () => undefined;
});

afterAll(async () => {
	await one.stop();
	await two.stop();
	await jobs.close();
	await auth.close();
});

const get = (gateway: TestGateway, key: string, path = '/v1/jobs', headers = {}) =>
	fetch(`${gateway.url}${path}`, { headers: { ...bearer(key), ...headers } });
const statusOf = async (gateway: TestGateway, key: string, headers = {}) =>
	(await get(gateway, key, '/v1/jobs', headers)).status;

interface Refusal {
	code: string;
	message: string;
}

/** Holds the responses of auth about keys back: `decided` resolves when auth has decided one. */
function holdLookups() {
	const decided = Promise.withResolvers<void>();
	const mayRespond = Promise.withResolvers<void>();
	auth.beforeCheckResponse = async () => {
		decided.resolve();
		await mayRespond.promise;
	};
	return { decided, mayRespond };
}

async function refusalOf(response: Response): Promise<[number, Refusal]> {
	const { code, message } = ((await response.json()) as { error: Refusal }).error;
	return [response.status, { code, message }];
}

/** Sends the head of an upload completion and the first byte of its body. Resolves when the gateway reads the body. */
async function beginBody(key: string, bytes: number): Promise<Socket> {
	const socket = await open(one.publicPort);
	const { Authorization } = bearer(key);
	const headers = `Host: a\r\nConnection: close\r\nAuthorization: ${Authorization}\r\nContent-Length: ${bytes}`;
	socket.write(
		`POST /v1/files/${newId('fil')}/complete HTTP/1.1\r\n${headers}\r\nExpect: 100-continue\r\n\r\n{`,
	);
	await waitUntil(() => socket.bytesRead > 0);
	return socket;
}

/** Statuses of the responses on a connection, without 100. */
const statusesOf = async (socket: Socket) => (await readAll(socket)).text.match(/(?<=HTTP\/1\.1 )[2-9]\d+/g);

const jobPath = () => `/v1/jobs/${newId('job')}`;
const READER = { scopes: ['jobs:read'] };
const UPLOADER = { scopes: ['files:write'] };
/** Lengths of a short and a long body. */
const BODY_LENGTHS = [10, 10_000];

describe('an API key', () => {
	test('acts for its user, and services see the key and its tools', async () => {
		const [user_id, key_id] = [newId('usr'), newId('key')];
		const key = auth.setKey({ ...READER, user_id, key_id, tools: ['ocr'] });
		expect(await statusOf(one, key)).toBe(200);
		const verify = createIdentityVerifier({ keys: [one.keys.jwk('gateway')] as never });
		const identity = verify(String(received[0]?.headers['x-creatorr-identity']));
		expect(identity).toEqual({
			caller: 'gateway',
			user: { id: user_id, key: { id: key_id, tools: ['ocr'] } },
		});
	});

	test('is looked up once for many requests', async () => {
		const key = auth.setKey(READER);
		const before = auth.counts.checkKey;
		await Promise.all(Array.from({ length: 20 }, () => statusOf(one, key)));
		await Promise.all(Array.from({ length: 20 }, () => statusOf(one, key)));
		expect(auth.counts.checkKey).toBe(before + 1);
	});

	test('with a wrong format or checksum is refused without a call', async () => {
		const key = auth.setKey(READER);
		const before = auth.counts.checkKey;
		const last = key.at(-1) === 'a' ? 'b' : 'a';
		const wrong = [key.slice(0, -1) + last, key.slice(0, -1), `${key}a`, 'ctr_live_', `${key.slice(0, -1)}-`];
		for (const text of wrong) expect(await statusOf(one, text)).toBe(401);
		expect(auth.counts.checkKey).toBe(before);
	});

	test('gets the same 401 when it is malformed, unknown, revoked or expired, or sent from another address', async () => {
		const unknown = auth.setKey(READER);
		await auth.revokeKey(unknown);
		const expired = auth.setKey({ ...READER, expires_at: new Date(Date.now() - 1).toISOString() });
		const elsewhere = auth.setKey({ ...READER, allowed_ips: ['192.0.2.0/24', '2001:db8::/32'] });
		const refusals = await Promise.all(
			[unknown, expired, elsewhere, `${unknown}x`].map(async (key) => refusalOf(await get(one, key))),
		);
		const [first] = refusals;
		expect(first?.[1].code).toBe('unauthorized');
		expect(refusals).toEqual(refusals.map(() => first));
		expect(received).toEqual([]);
	});

	test('works from the addresses that it allows', async () => {
		const key = auth.setKey({ ...READER, allowed_ips: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.1'] });
		const from = (address: string) => statusOf(one, key, { 'X-Forwarded-For': address });
		for (const address of ['192.0.2.9', '2001:db8::5', '198.51.100.1', '::ffff:192.0.2.1'])
			expect([address, await from(address)]).toEqual([address, 200]);
		for (const address of ['192.0.3.9', '2001:db9::5', '198.51.100.2'])
			expect([address, await from(address)]).toEqual([address, 401]);
	});

	test('is rejected after its expiry, although it is cached', async () => {
		const expires_at = new Date(Date.now() + 1_500).toISOString();
		const key = auth.setKey({ ...READER, expires_at });
		expect(await statusOf(one, key)).toBe(200);
		const waiting = get(one, key, `${jobPath()}?wait=60`);
		await waitUntil(async () => (await statusOf(one, key)) === 401);
		expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at));
		expect((await waiting).status).toBe(401);
	});

	test.each(BODY_LENGTHS)(
		'is rejected when it expires before its body of %d bytes has arrived',
		async (bytes) => {
			const expiresAtMs = Date.now() + 1_500;
			const key = auth.setKey({ ...UPLOADER, expires_at: new Date(expiresAtMs).toISOString() });
			const socket = await beginBody(key, bytes);
			await delay(expiresAtMs - Date.now() + 10);
			socket.write('x'.repeat(bytes - 1));
			expect(await statusesOf(socket)).toEqual(['401']);
		},
	);

	test('that expires while the service handles its request gets the response', async () => {
		const expiresAtMs = Date.now() + 1_500;
		const key = auth.setKey({ ...UPLOADER, expires_at: new Date(expiresAtMs).toISOString() });
		const socket = await beginBody(key, 10_000);
		holdsResponses = true;
		socket.write('x'.repeat(9_999));
		await waitUntil(() => held.length === 1);
		await delay(expiresAtMs - Date.now() + 100);
		held[0]?.end('{"data":[]}');
		expect(await statusesOf(socket)).toEqual(['200']);
	});

	test('gets 503 and not 401 when it can’t be looked up', async () => {
		const key = auth.setKey(READER);
		const known = auth.setKey(READER);
		expect(await statusOf(one, known)).toBe(200);
		auth.beforeCheckResponse = async () => {
			throw new Error('down');
		};
		expect(await statusOf(one, key)).toBe(503);
		expect(await statusOf(one, known)).toBe(200);
	});
});

describe('a revocation', () => {
	test('takes effect at both gateways with its response', async () => {
		for (let round = 0; round < 50; round += 1) {
			const key = auth.setKey(READER);
			const onBoth = () => Promise.all([statusOf(one, key), statusOf(two, key)]);
			expect(await onBoth()).toEqual([200, 200]);
			const during = Array.from({ length: 4 }, () => statusOf(round % 2 === 0 ? one : two, key));
			await auth.revokeKey(key);
			expect(await onBoth()).toEqual([401, 401]);
			await Promise.all(during);
		}
	});

	test('takes effect even if auth reported the key alive just before', async () => {
		const key = auth.setKey(READER);
		const { decided, mayRespond } = holdLookups();
		const pendingRequest = get(one, key);
		await decided.promise;
		await auth.revokeKey(key);
		expect((await pendingRequest).status).toBe(401);
		mayRespond.resolve();
		expect(await statusOf(one, key)).toBe(401);
		expect(received).toEqual([]);
	});

	test('ends event streams and long polls of the key before its response', async () => {
		const key = auth.setKey(READER);
		const stream = await get(one, key, `${jobPath()}/events`);
		const waiting = get(one, key, `${jobPath()}?wait=60`);
		await waitUntil(() => held.length === 2);
		await auth.revokeKey(key);
		await expect(stream.text()).rejects.toThrow();
		expect((await waiting).status).toBe(401);
	});
});

describe('a change of a key', () => {
	test('takes effect at both gateways with its response', async () => {
		const key = auth.setKey(READER);
		const onBoth = () => Promise.all([statusOf(one, key), statusOf(two, key)]);
		expect(await onBoth()).toEqual([200, 200]);
		await auth.changeKey(key, { scopes: ['files:read'] });
		expect(await onBoth()).toEqual([403, 403]);
		await auth.changeKey(key, READER);
		expect(await onBoth()).toEqual([200, 200]);
	});

	test('ends long polls of the key with 503, so that clients repeat them', async () => {
		const key = auth.setKey(READER);
		const waiting = get(one, key, `${jobPath()}?wait=60`);
		await waitUntil(() => held.length === 1);
		await auth.changeKey(key, { expires_at: new Date(Date.now() + 60_000).toISOString() });
		const response = await waiting;
		expect(response.headers.get('retry-after')).toBe('2');
		const [status, { message }] = await refusalOf(response);
		expect([status, message]).toEqual([
			503,
			'The API key was changed while this request was running. Send it again.',
		]);
	});

	test.each(BODY_LENGTHS)(
		'ends a request with 503 whose body of %d bytes is still arriving',
		async (bytes) => {
			const key = auth.setKey(UPLOADER);
			const socket = await beginBody(key, bytes);
			await auth.changeKey(key, { scopes: ['files:read'] });
			socket.write('x'.repeat(bytes - 1));
			expect(await statusesOf(socket)).toEqual(['503']);
		},
	);

	test('doesn’t end a request whose key is being looked up', async () => {
		const key = auth.setKey(READER);
		const { decided, mayRespond } = holdLookups();
		const pendingRequest = statusOf(one, key);
		await decided.promise;
		await auth.changeKey(key, { tools: ['ocr'] });
		mayRespond.resolve();
		expect(await pendingRequest).toBe(200);
	});
});

describe('unknown keys', () => {
	test('are delayed after many from one network, while known keys are served', async () => {
		const slow = await startTestGateway({
			auth,
			jobsUrl: jobs.url,
			limits: { forgedTokensPerSecond: 0.001, forgedTokenBurst: 2 },
		});
		const known = auth.setKey(READER);
		expect(await statusOf(slow, known)).toBe(200);
		const before = auth.counts.checkKey;
		const aborted = new AbortController();
		const { signal } = aborted;
		const unknown = Array.from({ length: 10 }, () =>
			fetch(`${slow.url}/v1/jobs`, { headers: bearer(newApiKey(DEFAULT_API_KEY_PREFIX)), signal }).then(
				({ status }) => status,
				() => 'aborted',
			),
		);
		const [first, second] = [await Promise.race(unknown), await statusOf(slow, known)];
		expect([first, second]).toEqual([401, 200]);
		await Promise.all(Array.from({ length: 20 }, () => statusOf(slow, known)));
		aborted.abort();
		const statuses = await Promise.all(unknown);
		expect(statuses.filter((status) => status === 401)).toHaveLength(2);
		expect(auth.counts.checkKey - before).toBe(2);
		await slow.stop();
	});

	test('are looked up a few at a time, however many networks send them, and a new network is next', async () => {
		const limits = { concurrentKeyLookups: 2 };
		const gateway = await startTestGateway({
			auth,
			jobsUrl: jobs.url,
			limits,
			env: { TRUSTED_PROXIES: '127.0.0.1' },
		});
		const before = auth.counts.checkKey;
		const lookups = () => auth.counts.checkKey - before;
		const ends: (() => void)[] = [];
		const lookedUp: string[] = [];
		auth.beforeCheckResponse = (keyHash) => {
			lookedUp.push(keyHash);
			return new Promise((resolve) => ends.push(resolve));
		};
		const from = (address: string, key: string) => statusOf(gateway, key, { 'X-Forwarded-For': address });
		const addresses = Array.from({ length: 30 }, (_, index) =>
			index % 3 === 0 ? `192.0.2.${index % 2}` : `2001:db8:0:${index}::1`,
		);
		const unknown = addresses.map((address) => from(address, newApiKey(DEFAULT_API_KEY_PREFIX)));
		await waitUntil(() => ends.length === 2);
		let status: number | undefined;
		const key = auth.setKey(READER);
		void from('198.51.100.1', key).then((received) => {
			status = received;
		});
		await delay(200);
		expect(lookups()).toBe(2);
		await waitUntil(() => {
			ends.shift()?.();
			return status !== undefined;
		});
		expect(status).toBe(200);
		// Two were running, and one more of each of the two addresses and of the IPv6 site comes before it, or a few more if its request arrives late.
		expect(lookedUp.indexOf(hash('sha256', key, 'hex'))).toBeLessThan(15);
		auth.beforeCheckResponse = async () => undefined;
		for (const end of ends) end();
		expect(new Set(await Promise.all(unknown))).toEqual(new Set([401]));
		await gateway.stop();
	});

	test('cost their network nothing if their clients disconnect before the lookup', async () => {
		const limits = { concurrentKeyLookups: 1, forgedTokensPerSecond: 0.001, forgedTokenBurst: 3 };
		const gateway = await startTestGateway({ auth, jobsUrl: jobs.url, limits });
		const { decided, mayRespond } = holdLookups();
		const unknownKey = () => newApiKey(DEFAULT_API_KEY_PREFIX);
		const first = statusOf(gateway, unknownKey());
		await decided.promise;
		const before = auth.counts.checkKey;
		const aborted = new AbortController();
		const leaving = Array.from({ length: 2 }, () =>
			fetch(`${gateway.url}/v1/jobs`, { headers: bearer(unknownKey()), signal: aborted.signal }),
		);
		const left = Promise.allSettled(leaving);
		await delay(200);
		aborted.abort();
		await left;
		await delay(200);
		mayRespond.resolve();
		expect(await first).toBe(401);
		const signal = AbortSignal.timeout(5_000);
		const later = await Promise.all(
			[unknownKey(), unknownKey()].map((key) =>
				fetch(`${gateway.url}/v1/jobs`, { headers: bearer(key), signal }),
			),
		);
		expect(later.map(({ status }) => status)).toEqual([401, 401]);
		expect(auth.counts.checkKey - before).toBe(2);
		await gateway.stop();
	});
});

describe('the first successful use of a key', () => {
	const newKeyOfRotation = (rights: object = {}) => {
		const key_id = newId('key');
		return { key_id, key: auth.setKey({ ...READER, key_id, starts_grace_period: true, ...rights }) };
	};
	const timesReported = (key_id: string) => auth.firstUses.filter((id) => id === key_id).length;

	test('is reported once', async () => {
		const { key_id, key } = newKeyOfRotation();
		for (let request = 0; request < 5; request += 1) expect(await statusOf(one, key)).toBe(200);
		await waitUntil(() => timesReported(key_id) > 0);
		expect(timesReported(key_id)).toBe(1);
	});

	test('is reported when an event stream has begun', async () => {
		const { key_id, key } = newKeyOfRotation();
		const stream = await get(one, key, `${jobPath()}/events`);
		await waitUntil(() => timesReported(key_id) === 1);
		await stream.body?.cancel();
	});

	test('comes after requests that were refused', async () => {
		const { key_id, key } = newKeyOfRotation({ allowed_ips: ['192.0.2.1'] });
		const from = { 'X-Forwarded-For': '192.0.2.1' };
		expect(await statusOf(one, key)).toBe(401);
		expect((await get(one, key, '/v1/files', from)).status).toBe(403);
		expect((await get(one, key, '/v1/keys', from)).status).toBe(403);
		const other = newKeyOfRotation();
		expect(await statusOf(one, other.key)).toBe(200);
		await waitUntil(() => timesReported(other.key_id) === 1);
		expect(timesReported(key_id)).toBe(0);
		expect(await statusOf(one, key, from)).toBe(200);
		await waitUntil(() => timesReported(key_id) === 1);
	});

	test('is reported again if auth didn’t accept the report', async () => {
		const { key_id, key } = newKeyOfRotation();
		auth.failingFirstUses = 1;
		await waitUntil(async () => (await statusOf(one, key)) === 200 && timesReported(key_id) === 1);
	});
});

describe('the use of a key', () => {
	test('is reported at the latest when the gateway stops, to the minute and with the address', async () => {
		const key_id = newId('key');
		const key = auth.setKey({ ...READER, key_id });
		const other = await startTestGateway({ auth, jobsUrl: jobs.url });
		await Promise.all(Array.from({ length: 5 }, () => statusOf(other, key)));
		await other.stop();
		const uses = auth.reportedUses.filter((use) => use.key_id === key_id);
		expect(uses).toEqual([{ key_id, used_at: expect.stringMatching(/:00\.000Z$/), ip: '127.0.0.1' }]);
	});
});

describe('among all operations', () => {
	const scopes = Object.keys(SCOPES) as Scope[];
	/** The health of the product depends on more than the gateway. */
	const operations = PUBLIC_OPERATIONS.filter(({ id }) => id !== 'getHealth');

	let gateway: TestGateway;
	let service: Awaited<ReturnType<typeof startUpstream>>;

	beforeAll(async () => {
		service = await startUpstream((_req, res) => {
			res.setHeader('Content-Type', 'application/json');
			res.end('{"data":[]}');
		});
		const { url } = service;
		const env = { AUTH_URL: url, FILES_URL: url, JOBS_URL: url, BILLING_URL: url, WEBHOOKS_URL: url };
		gateway = await startTestGateway({ auth, env });
	});

	afterAll(async () => {
		await gateway.stop();
		await service.close();
	});

	/** Sends the operation; returns `admitted` if it reached its service, else the code of the refusal. */
	async function outcomeOf({ method, path }: Operation, token?: string): Promise<string> {
		const target = gateway.url + path.replaceAll(/\{\w+\}/g, 'x_1');
		const headers = token === undefined ? {} : bearer(token);
		const response = await fetch(target, { method: method.toUpperCase(), headers });
		if (response.ok) return 'admitted';
		return ((await response.json()) as { error: { code: string } }).error.code;
	}

	/** Returns the outcome that the contract demands for a key with one scope. */
	function expectedFor({ access, scope }: Operation, granted: Scope): string {
		if (access === 'public') return 'admitted';
		if (scope === undefined) return 'session_required';
		return scope === 'any' || scope === granted ? 'admitted' : 'insufficient_scope';
	}

	test.each(scopes)('a key with the scope %s reaches exactly those with this scope', async (granted) => {
		const key = auth.setKey({ scopes: [granted] });
		const outcomes = await Promise.all(
			operations.map(async (one) => [one.id, await outcomeOf(one, key)] as const),
		);
		expect(Object.fromEntries(outcomes)).toEqual(
			Object.fromEntries(operations.map((one) => [one.id, expectedFor(one, granted)])),
		);
	});

	test('a key without scopes reaches only its account', async () => {
		const key = auth.setKey({ scopes: [] });
		const reached = await Promise.all(
			operations.map(async (one) => ((await outcomeOf(one, key)) === 'admitted' ? [one] : [])),
		);
		expect(
			reached
				.flat()
				.filter(({ access }) => access !== 'public')
				.map(({ id }) => id),
		).toEqual(['getMe']);
	});

	test('a session reaches all', async () => {
		const token = auth.token();
		const outcomes = await Promise.all(operations.map((one) => outcomeOf(one, token)));
		expect(new Set(outcomes)).toEqual(new Set(['admitted']));
	});

	test('a request without a credential reaches none that needs a user', async () => {
		const ofUsers = operations.filter(({ access }) => access === 'user');
		const outcomes = await Promise.all(ofUsers.map((one) => outcomeOf(one)));
		expect(new Set(outcomes)).toEqual(new Set(['unauthorized']));
	});
});
