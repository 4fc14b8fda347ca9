import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, type FakeAuth, startFakeAuth } from '../testing/fake-auth.ts';
import { startTestGateway, type TestGateway } from '../testing/gateway.ts';
import { open, readAll } from '../testing/raw.ts';
import { startUpstream } from '../testing/upstream.ts';
import { waitUntil } from '../testing/wait-until.ts';

/** Buckets that don't refill within a test. */
const LIMITS = {
	userRequestsPerSecond: 0.001,
	userRequestBurst: 20,
	userConcurrentRequests: 2,
	userConcurrentLongPolls: 2,
};

let auth: FakeAuth;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
/** One gateway whose requests wait briefly for permits, and one whose requests wait for as long as needed. */
let gateway: TestGateway;
let patientGateway: TestGateway;
/** Requests that the service holds back. It responds to all others at once. */
let held: ServerResponse[] = [];
let isHolding = false;

const reply = (res: ServerResponse) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');

beforeAll(async () => {
	auth = await startFakeAuth();
	upstream = await startUpstream((req, res) => {
		req.resume();
		if (req.url?.endsWith('/events')) {
			res.writeHead(200, { 'Content-Type': 'text/event-stream' });
			res.write(': hello\n\n');
		} else if (isHolding || req.url?.includes('wait=')) held.push(res);
		else req.once('end', () => reply(res));
	});
	const start = (userQueueMs: number, abandonedPermitMs: number) =>
		startTestGateway({
			auth,
			jobsUrl: upstream.url,
			filesUrl: upstream.url,
			limits: { ...LIMITS, userQueueMs, abandonedPermitMs },
		});
	[gateway, patientGateway] = await Promise.all([start(50, 60_000), start(60_000, 50)]);
});

beforeEach(() => {
	held = [];
	isHolding = false;
});

afterAll(async () => {
	await upstream.close();
	await Promise.all([gateway.stop(), patientGateway.stop()]);
	await auth.close();
});

/** Returns functions that send requests as one user. */
function userOf(userId = newId('usr'), { url } = gateway) {
	const headers = bearer(auth.token({ sub: userId }));
	const call = (path: string, init: RequestInit = {}) => fetch(url + path, { headers, ...init });
	return {
		call,
		status: async (path: string, init: RequestInit = {}) => {
			const response = await call(path, init);
			await response.arrayBuffer();
			return response.status;
		},
	};
}

const atOnce = (count: number, call: () => Promise<number>) =>
	Promise.all(Array.from({ length: count }, call));

async function inTurn(count: number, call: () => Promise<number>): Promise<number[]> {
	const statuses: number[] = [];
	while (statuses.length < count) statuses.push(await call());
	return statuses;
}

const tally = (statuses: readonly number[]) => [
	statuses.filter((status) => status === 200).length,
	statuses.filter((status) => status === 429).length,
];

const COMPLETE = `/v1/files/${newId('fil')}/complete`;

const SIGN_OUTS: readonly [method: string, path: string][] = [
	['POST', '/v1/auth/logout'],
	['POST', '/v1/auth/logout-all'],
	['DELETE', `/v1/auth/sessions/${newId('ses')}`],
];
/** 404: the fake auth has no such routes. */
const REACHED_AUTH = SIGN_OUTS.map(() => 404);

const signOuts = (user: ReturnType<typeof userOf>) =>
	Promise.all(SIGN_OUTS.map(([method, path]) => user.status(path, { method })));

describe('a user who sends requests too fast', () => {
	test('gets 429 with Retry-After in all sessions, while others are served', async () => {
		const userId = newId('usr');
		const [first, second, other] = [userOf(userId), userOf(userId), userOf()];
		expect(tally(await inTurn(20, () => first.status('/v1/jobs/x')))).toEqual([20, 0]);
		const refused = await second.call('/v1/jobs/x');
		expect(refused.status).toBe(429);
		expect((await refused.json()) as object).toMatchObject({ error: { code: 'rate_limited' } });
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
		expect(await other.status('/v1/jobs/x')).toBe(200);
	});

	test('pays more for an operation with a higher cost', async () => {
		const user = userOf();
		const parts = `/v1/files/${newId('fil')}/parts`;
		expect(tally(await inTurn(5, () => user.status(parts)))).toEqual([2, 3]);
	});

	test('pays one token more for each KiB of a body', async () => {
		const post = (bytes: number) => {
			const user = userOf();
			const call = () => user.status('/v1/files', { method: 'POST', body: 'x'.repeat(bytes) });
			return inTurn(5, call);
		};
		expect(tally(await post(1024 - 1))).toEqual([5, 0]);
		expect(tally(await post(8 * 1024))).toEqual([1, 4]);
	});

	test('can send a body whose cost exceeds a burst', async () => {
		const user = userOf();
		const call = () => user.status(COMPLETE, { method: 'POST', body: 'x'.repeat(1024 * 1024) });
		expect(tally(await inTurn(2, call))).toEqual([1, 1]);
	});

	test('can still sign out', async () => {
		const user = userOf();
		expect(tally(await inTurn(21, () => user.status('/v1/jobs/x')))).toEqual([20, 1]);
		expect(await signOuts(user)).toEqual(REACHED_AUTH);
	});
});

test('a rejected token costs its user nothing', async () => {
	const [userId, sessionId] = [newId('usr'), newId('ses')];
	auth.kill(sessionId);
	const headers = bearer(auth.token({ sub: userId, sid: sessionId }));
	for (let count = 0; count < 21; count += 1) {
		expect((await fetch(`${gateway.url}/v1/jobs/x`, { headers })).status).toBe(401);
	}
	expect(await userOf(userId).status('/v1/jobs/x')).toBe(200);
});

describe('a user with too many concurrent requests', () => {
	test('waits for permits, and gets 429 after the wait', async () => {
		const [user, other] = [userOf(), userOf()];
		isHolding = true;
		const both = atOnce(2, () => user.status('/v1/jobs/x'));
		await waitUntil(() => held.length === 2);
		isHolding = false;
		expect([await user.status('/v1/jobs/x'), await other.status('/v1/jobs/x')]).toEqual([429, 200]);
		for (const res of held) reply(res);
		expect(await both).toEqual([200, 200]);
		expect(await user.status('/v1/jobs/x')).toBe(200);
	});

	test('can still sign out, ahead of waiting requests', async () => {
		const user = userOf(newId('usr'), patientGateway);
		isHolding = true;
		const both = atOnce(2, () => user.status('/v1/jobs/x'));
		await waitUntil(() => held.length === 2);
		isHolding = false;
		const waiting = user.status('/v1/jobs/y');
		await userOf(newId('usr'), patientGateway).status('/v1/jobs/x');
		expect(await signOuts(user)).toEqual(REACHED_AUTH);
		for (const res of held) reply(res);
		expect([await waiting, ...(await both)]).toEqual([200, 200, 200]);
	});

	test('holds no permit while its body arrives, and as many as the request costs afterwards', async () => {
		const user = userOf();
		const body = new TransformStream<Uint8Array, Uint8Array>();
		const writer = body.writable.getWriter();
		isHolding = true;
		const costly = user.status('/v1/files', { method: 'POST', body: body.readable, duplex: 'half' });
		await writer.write(new TextEncoder().encode('{'));
		const both = atOnce(2, () => user.status('/v1/jobs/x'));
		await waitUntil(() => held.length === 2);
		for (const res of held) reply(res);
		expect(await both).toEqual([200, 200]);
		await writer.write(new TextEncoder().encode('}'));
		await writer.close();
		await waitUntil(() => held.length === 3);
		expect(await user.status('/v1/jobs/x')).toBe(429);
		reply(held[2] as ServerResponse);
		expect(await costly).toBe(200);
	});

	test('has costly requests with bodies served one after another', async () => {
		const user = userOf();
		isHolding = true;
		const create = () => user.status('/v1/files', { method: 'POST', body: '{}' });
		const both = [create(), create()];
		expect(await Promise.race(both)).toBe(429);
		for (const res of held) reply(res);
		expect((await Promise.all(both)).sort()).toEqual([200, 429]);
	});

	describe('and permits for 40 of them', () => {
		let roomy: TestGateway;
		beforeAll(async () => {
			const limits = {
				...LIMITS,
				userRequestBurst: 1_000,
				userConcurrentRequests: 40,
				userQueueMs: 50,
				userJobQueueMs: 50,
			};
			roomy = await startTestGateway({
				auth,
				jobsUrl: upstream.url,
				filesUrl: upstream.url,
				limits,
				env: { AUTH_URL: upstream.url },
			});
		});
		afterAll(() => roomy.stop());

		test('creates jobs one at a time, which doesn’t delay other requests', async () => {
			const user = userOf(newId('usr'), roomy);
			const create = () => user.status('/v1/jobs', { method: 'POST', body: '{}' });
			isHolding = true;
			const first = create();
			await waitUntil(() => held.length === 1);
			expect(await create()).toBe(429);
			isHolding = false;
			expect(await user.status('/v1/jobs/x')).toBe(200);
			for (const res of held) reply(res);
			expect([await first, await create()]).toEqual([200, 200]);
		});

		test.each([
			['/v1/jobs', 'Content-Length: 9000', '{', ' '.repeat(8_999)],
			['/v1/jobs', 'Transfer-Encoding: chunked', '1\r\n{\r\n', '1\r\n}\r\n0\r\n\r\n'],
			[COMPLETE, 'Content-Length: 40000', '{', ' '.repeat(39_999)],
		])(
			'is served while the body of another request is still arriving (%s, %s)',
			async (path, framing, first, rest) => {
				const userId = newId('usr');
				const socket = await open(roomy.publicPort);
				const headers = ['Host: a', 'Connection: close', 'Expect: 100-continue', framing];
				headers.push(`Authorization: ${bearer(auth.token({ sub: userId })).Authorization}`);
				socket.write(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${first}`);
				await waitUntil(() => socket.bytesRead > 0);
				isHolding = true;
				const body = 'x'.repeat(32 * 1024);
				const complete = () => userOf(userId, roomy).status(COMPLETE, { method: 'POST', body });
				const others = atOnce(4, complete);
				await waitUntil(() => held.length === 4);
				isHolding = false;
				for (const res of held) reply(res);
				expect(await others).toEqual([200, 200, 200, 200]);
				const create = () => userOf(userId, roomy).status('/v1/jobs', { method: 'POST', body: '{}' });
				expect([await create(), await create()]).toEqual([200, 200]);
				const slow = readAll(socket);
				socket.write(rest);
				expect((await slow).text).toContain('HTTP/1.1 200');
			},
		);

		test('signs out with two requests at a time in each session', async () => {
			const userId = newId('usr');
			const [one, other] = [userOf(userId, roomy), userOf(userId, roomy)];
			const signOut = (session: typeof one) =>
				session.status(`/v1/auth/sessions/${newId('ses')}`, { method: 'DELETE' });
			isHolding = true;
			const both = atOnce(2, () => signOut(one));
			await waitUntil(() => held.length === 2);
			isHolding = false;
			expect([await signOut(one), await signOut(other)]).toEqual([429, 200]);
			for (const res of held) reply(res);
			expect(await both).toEqual([200, 200]);
			expect(await signOut(one)).toBe(200);
		});

		test('signs out with eight requests at a time over all sessions, and waits for a turn', async () => {
			const userId = newId('usr');
			const signOuts = (count: number) =>
				Promise.all(
					Array.from({ length: count }, () =>
						userOf(userId, roomy).status(`/v1/auth/sessions/${newId('ses')}`, { method: 'DELETE' }),
					),
				);
			isHolding = true;
			const first = signOuts(8);
			await waitUntil(() => held.length === 8);
			const ninth = signOuts(1);
			await delay(200);
			expect(held).toHaveLength(8);
			isHolding = false;
			for (const res of held) reply(res);
			expect([...(await first), ...(await ninth)]).toEqual(Array(9).fill(200));
		});

		test('has fewer requests served at a time if their bodies are long', async () => {
			const user = userOf(newId('usr'), roomy);
			isHolding = true;
			const body = 'x'.repeat(32 * 1024);
			const long = atOnce(4, () => user.status(COMPLETE, { method: 'POST', body }));
			await waitUntil(() => held.length === 4);
			expect(await user.status('/v1/jobs/x')).toBe(429);
			for (const res of held) reply(res);
			expect(await long).toEqual([200, 200, 200, 200]);
		});
	});

	test('is served when another request ends in time', async () => {
		const user = userOf(newId('usr'), patientGateway);
		isHolding = true;
		const both = atOnce(2, () => user.status('/v1/jobs/x'));
		await waitUntil(() => held.length === 2);
		const third = user.status('/v1/jobs/y');
		isHolding = false;
		expect(await userOf(newId('usr'), patientGateway).status('/v1/jobs/x')).toBe(200);
		for (const res of held) reply(res);
		expect([await third, ...(await both)]).toEqual([200, 200, 200]);
	});

	/** Sends as many requests as there are permits, and disconnects while the service handles them. */
	async function abandonTwo(user: ReturnType<typeof userOf>): Promise<void> {
		isHolding = true;
		const disconnected = new AbortController();
		const abandoned = expect(
			atOnce(2, () => user.status('/v1/jobs/x', { signal: disconnected.signal })),
		).rejects.toThrow();
		await waitUntil(() => held.length === 2);
		disconnected.abort();
		await abandoned;
		await waitUntil(() => held.every(({ closed }) => closed));
		isHolding = false;
	}

	test('keeps the permits of requests that were abandoned', async () => {
		const user = userOf();
		await abandonTwo(user);
		expect(await user.status('/v1/jobs/x')).toBe(429);
	});

	test('gets the permits of abandoned requests back after a while', async () => {
		const user = userOf(newId('usr'), patientGateway);
		await abandonTwo(user);
		expect(await user.status('/v1/jobs/x')).toBe(200);
	});

	test('holds no permit after a client disconnects during the wait', async () => {
		const user = userOf(newId('usr'), patientGateway);
		isHolding = true;
		const both = atOnce(2, () => user.status('/v1/jobs/x'));
		await waitUntil(() => held.length === 2);
		const disconnected = new AbortController();
		const leaving = atOnce(2, () => user.status('/v1/jobs/y', { signal: disconnected.signal }));
		const left = expect(leaving).rejects.toThrow();
		await userOf(newId('usr'), patientGateway).status('/v1/nothing');
		disconnected.abort();
		await left;
		isHolding = false;
		for (const res of held) reply(res);
		expect(await both).toEqual([200, 200]);
		expect(tally(await inTurn(3, () => user.status('/v1/jobs/z')))).toEqual([3, 0]);
	});
});

test('long polls and event streams of all users use at most half of the connections', async () => {
	const small = await startTestGateway({
		auth,
		jobsUrl: upstream.url,
		env: { TRUSTED_PROXIES: '127.0.0.1' },
		limits: { connections: 20 },
	});
	const events = `/v1/jobs/${newId('job')}/events`;
	let networks = 0;
	/** Opens a stream of another user in another network. */
	const openStream = () => {
		networks += 1;
		const headers = { ...bearer(auth.token()), 'X-Forwarded-For': `192.0.2.${networks}` };
		return fetch(small.url + events, { headers });
	};
	const streams = [];
	while (streams.length < 10) streams.push(await openStream());
	expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200));
	const user = userOf(newId('usr'), small);
	expect([await user.status(events), await user.status('/v1/jobs/x')]).toEqual([429, 200]);
	await streams[0]?.body?.cancel();
	await waitUntil(async () => {
		const again = await openStream();
		await again.body?.cancel();
		return again.status === 200;
	});
	await small.stop();
});

describe('long polls and event streams of a user', () => {
	test('count as one each in the concurrency limit, whatever an event stream costs', async () => {
		const user = userOf();
		const events = `/v1/jobs/${newId('job')}/events`;
		const streams = [await user.call(events), await user.call(events)];
		expect(streams.map(({ status }) => status)).toEqual([200, 200]);
		// Two streams have taken 8 of 20 tokens.
		expect(tally(await inTurn(13, () => user.status('/v1/jobs/x')))).toEqual([12, 1]);
		for (const { body } of streams) await body?.cancel();
	});

	test('have a separate limit, and don’t delay short requests', async () => {
		const user = userOf();
		const id = newId('job');
		const stream = await user.call(`/v1/jobs/${id}/events`);
		const wait = user.status(`/v1/jobs/${id}?wait=30`);
		await waitUntil(() => held.length === 1);
		expect(await user.status(`/v1/jobs/${id}/events`)).toBe(429);
		expect(tally(await inTurn(3, () => user.status(`/v1/jobs/${id}`)))).toEqual([3, 0]);
		await stream.body?.cancel();
		await waitUntil(async () => {
			const again = await user.call(`/v1/jobs/${id}/events`);
			await again.body?.cancel();
			return again.status === 200;
		});
		reply(held[0] as ServerResponse);
		expect(await wait).toBe(200);
	});
});

test('a 429 is sent after a delay, and other users are served meanwhile', async () => {
	const slow = await startTestGateway({
		auth,
		jobsUrl: upstream.url,
		limits: { userRequestBurst: 1, userRequestsPerSecond: 0.001, refusalDelayMs: 1_000 },
	});
	const user = userOf(newId('usr'), slow);
	const answered: [string, number][] = [];
	const note = (who: string) => (status: number) => void answered.push([who, status]);
	await user.status('/v1/jobs/x').then(note('first'));
	const refused = user.status('/v1/jobs/x').then(note('refused'));
	await userOf(newId('usr'), slow).status('/v1/jobs/x').then(note('other'));
	await refused;
	await slow.stop();
	expect(answered).toEqual([
		['first', 200],
		['other', 200],
		['refused', 429],
	]);
});

test('sign-outs are limited for each session', async () => {
	const userId = newId('usr');
	const [one, other] = [userOf(userId), userOf(userId)];
	const signOut = (user: typeof one) =>
		user.status(`/v1/auth/sessions/${newId('ses')}`, { method: 'DELETE' });
	const statuses = new Set(await inTurn(80, () => signOut(one)));
	expect([...statuses].toSorted()).toEqual([404, 429]);
	expect(await signOut(other)).toBe(404);
});
