import { newId } from '@creatorr/contracts/ids';
import { createJob, getJob } from '@creatorr/contracts/jobs';
import type { Operation } from '@creatorr/contracts/operation';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ApiKey, Credential } from '../authentication/credential.ts';
import type { Exchange, ResponseHead } from '../exchange.ts';
import { createQuotaStore } from '../testing/quota-store.ts';
import { createQuotaClient } from './quota-client.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const ignore = () => undefined;

/** The time of all gateways and of the store. */
let nowMs: number;
let store: ReturnType<typeof createQuotaStore>;

beforeEach(() => {
	nowMs = 0;
	store = createQuotaStore(() => nowMs);
	store.limits = { requests: 600, jobs: 60 };
});

function startGateways(count: number): RateLimits[] {
	store.gateways = count;
	return Array.from({ length: count }, () => {
		const logger = { info: ignore, warn: ignore };
		const quota = createQuotaClient({
			call: store.allocate,
			monotonicMs: () => nowMs,
			retryMs: 1_000,
			batchDelayMs: 0,
			logger,
		});
		return createRateLimits({ quota, capacity: 100, monotonicMs: () => nowMs });
	});
}

const newSession = (userId = newId('usr')): Credential => ({
	kind: 'session',
	userId,
	credentialId: newId('ses'),
	expiresAtMs: Number.POSITIVE_INFINITY,
});

const newKey = (userId = newId('usr')): ApiKey => ({
	kind: 'key',
	userId,
	credentialId: newId('evt'),
	expiresAtMs: Number.POSITIVE_INFINITY,
	keyId: newId('key'),
	scopes: new Set(),
	tools: null,
	allowedIps: null,
	startsGracePeriod: false,
	plan: 'free',
});

interface Response {
	status: number;
	policy: string | undefined;
	limit: string | undefined;
}

/** Sends a request. Unless a limit refuses it, it gets this response. */
async function send(
	gateway: RateLimits | undefined,
	credential: Credential,
	operation: Operation = getJob,
	{ by = 'service', status = operation.status, headers = [] }: Partial<ResponseHead> = {},
): Promise<Response> {
	const exchange: Pick<Exchange, 'credential' | 'operation' | 'settleRateLimits'> = {
		credential,
		operation,
		settleRateLimits: undefined,
	};
	const limits = await gateway?.loadLimits(exchange);
	const consume = async () => limits?.consume();
	const head = await consume().then(
		(): ResponseHead => ({ by, status, headers }),
		(error: { status: number }): ResponseHead => ({ by: 'gateway', status: error.status, headers: [] }),
	);
	const [, policy, , limit] = exchange.settleRateLimits?.(head) ?? [];
	return { status: head.status, policy, limit };
}

/** Sends a request every 10 ms for a minute, to each gateway in turn. Returns how many were admitted. */
async function overload(gateways: readonly (RateLimits | undefined)[], user: Credential): Promise<number> {
	const endMs = nowMs + MINUTE_MS;
	let admitted = 0;
	for (let turn = 0; nowMs < endMs; turn += 1) {
		const { status } = await send(gateways[turn % gateways.length], user);
		if (status === 200) admitted += 1;
		nowMs += 10;
	}
	return admitted;
}

/** The burst and what is restored in a minute. */
const ALLOWED = 600 + 600;

describe.each([1, 2, 4])('a key at ten times its limit, over %d gateways', (count) => {
	test('is admitted as often as the limit allows, with few calls', async () => {
		const admitted = await overload(startGateways(count), newKey());
		expect(admitted / ALLOWED).toBeGreaterThanOrEqual(0.9);
		expect(admitted / ALLOWED).toBeLessThanOrEqual(1.02);
		expect(store.calls / admitted).toBeLessThanOrEqual(0.1);
	});

	test('is admitted no more often when each gateway has kept units during a pause', async () => {
		const gateways = startGateways(count);
		const key = newKey();
		for (const gateway of gateways) await send(gateway, key);
		nowMs += 60 * MINUTE_MS;
		const admitted = await overload(gateways, key);
		expect(admitted / ALLOWED).toBeGreaterThanOrEqual(0.9);
		expect(admitted / ALLOWED).toBeLessThanOrEqual(1.02);
	});

	test('continues at the rate of the limit in the next minute', async () => {
		const gateways = startGateways(count);
		const key = newKey();
		await overload(gateways, key);
		const admitted = await overload(gateways, key);
		expect(admitted / 600).toBeGreaterThanOrEqual(0.9);
		expect(admitted / 600).toBeLessThanOrEqual(1.02);
	});
});

describe('a key that sends one request a minute', () => {
	test('is never refused, with few calls', async () => {
		const gateways = startGateways(4);
		const key = newKey();
		const requests = 400;
		for (let turn = 0; turn < requests; turn += 1) {
			expect((await send(gateways[turn % 4], key)).status).toBe(200);
			nowMs += MINUTE_MS;
		}
		expect(store.calls / requests).toBeLessThanOrEqual(0.1);
	});
});

describe('a key at nine tenths of its limit', () => {
	test.each([
		['evenly', (turn: number) => turn % 4],
		['mostly to one gateway', (turn: number) => (turn % 20 === 0 ? turn % 3 : 3)],
	])('is never refused when it sends %s', async (_, gatewayOf) => {
		const gateways = startGateways(4);
		const key = newKey();
		for (let turn = 0; turn < 3_000; turn += 1) {
			expect((await send(gateways[gatewayOf(turn)], key)).status).toBe(200);
			nowMs += 111;
		}
	});
});

describe('quotas', () => {
	test('are shared by all sessions of a user, and separate for each key', async () => {
		store.limits.requests = 3;
		const [gateway] = startGateways(1);
		const userId = newId('usr');
		const statuses: number[] = [];
		const senders = [newSession(userId), newSession(userId), newSession(userId), newSession(userId)];
		for (const sender of [...senders, newKey(userId), newSession()]) {
			statuses.push((await send(gateway, sender)).status);
		}
		expect(statuses).toEqual([200, 200, 200, 429, 200, 200]);
	});

	test('change with the plan of the user', async () => {
		store.limits.requests = 2;
		const [gateway] = startGateways(1);
		const user = newSession();
		const use = async () => [await send(gateway, user), await send(gateway, user), await send(gateway, user)];
		expect((await use()).map(({ status }) => status)).toEqual([200, 200, 429]);
		store.limits.requests = 600;
		nowMs += MINUTE_MS;
		await send(gateway, user);
		expect((await use()).at(-1)).toMatchObject({ status: 200, policy: '"requests";q=600;w=60' });
		store.limits.requests = 0;
		for (let left = 60; left > 0; left -= 1) await send(gateway, user);
		expect(await send(gateway, user)).toEqual({ status: 200, policy: undefined, limit: undefined });
		store.limits.requests = 1;
		nowMs += 2 * MINUTE_MS;
		await send(gateway, user);
		expect(await send(gateway, user)).toMatchObject({ status: 200, policy: '"requests";q=1;w=60' });
	});
});

describe('a change of the plan', () => {
	test('reaches a rarely used API key with the request after the gateway knows it', async () => {
		const [gateway] = startGateways(1);
		const key = newKey();
		await send(gateway, key);
		store.limits.requests = 6_000;
		nowMs += MINUTE_MS;
		expect((await send(gateway, key)).policy).toBe('"requests";q=600;w=60');
		const changed: ApiKey = { ...key, plan: 'pro' };
		expect(await send(gateway, changed)).toEqual({
			status: 200,
			policy: '"requests";q=6000;w=60',
			limit: '"requests";r=5999;t=1',
		});
		const calls = store.calls;
		await send(gateway, changed);
		expect(store.calls).toBe(calls);
	});

	test('ends the units of the old plan', async () => {
		const [gateway] = startGateways(1);
		store.limits.requests = 600;
		const key: ApiKey = { ...newKey(), plan: 'pro' };
		await send(gateway, key);
		store.limits.requests = 10;
		nowMs += 10 * MINUTE_MS;
		const statuses: number[] = [];
		for (let sent = 0; sent < 20; sent += 1)
			statuses.push((await send(gateway, { ...key, plan: 'free' })).status);
		expect(statuses.filter((status) => status === 200)).toHaveLength(10);
	});
});

describe('headers', () => {
	test('name the quota, the units that are left, and when the next one is restored', async () => {
		const [gateway] = startGateways(1);
		const user = newSession();
		expect(await send(gateway, user)).toEqual({
			status: 200,
			policy: '"requests";q=600;w=60',
			limit: '"requests";r=599;t=1',
		});
		expect(await send(gateway, user, createJob)).toEqual({
			status: 201,
			policy: '"requests";q=600;w=60, "jobs";q=60;w=60',
			limit: '"requests";r=598;t=1, "jobs";r=59;t=1',
		});
	});

	test('count every request of a gateway that has kept units during a pause', async () => {
		const [gateway] = startGateways(1);
		const user = newSession();
		await send(gateway, user);
		nowMs += MINUTE_MS;
		const limits = [await send(gateway, user), await send(gateway, user), await send(gateway, user)];
		expect(limits.map(({ limit }) => limit)).toEqual(
			[599, 598, 597].map((units) => `"requests";r=${units};t=1`),
		);
	});

	test('of a refused request say when the next unit is restored', async () => {
		store.limits.requests = 4;
		const [gateway] = startGateways(1);
		const user = newSession();
		for (let left = 4; left > 0; left -= 1) await send(gateway, user);
		expect(await send(gateway, user)).toMatchObject({ status: 429, limit: '"requests";r=0;t=15' });
		nowMs += 14.5 * SECOND_MS;
		expect(await send(gateway, user)).toMatchObject({ status: 429, limit: '"requests";r=0;t=1' });
		nowMs += 0.5 * SECOND_MS;
		expect((await send(gateway, user)).status).toBe(200);
	});
});

describe('a response', () => {
	const left = async (answer: Partial<ResponseHead>) => {
		const { limit } = await send(startGateways(1)[0], newSession(), createJob, answer);
		return [...(limit ?? '').matchAll(/r=(\d+)/g)].map(([, units]) => Number(units));
	};

	test.each([
		['service', 401, [600, 60]],
		['gateway', 429, [600, 60]],
		['service', 429, [599, 60]],
		['service', 403, [599, 60]],
		['service', 400, [599, 60]],
		['service', 201, [599, 59]],
	] as const)('of the %s with status %s leaves %s requests and jobs', async (by, status, units) => {
		expect(await left({ by, status })).toEqual(units);
	});

	test('that refuses an API key because it lacks the tool doesn’t count', async () => {
		const headers = ['www-authenticate', 'Bearer error="insufficient_scope"'];
		expect(await left({ status: 403, headers })).toEqual([600, 60]);
	});

	test('that repeats an earlier one doesn’t count as a new job', async () => {
		expect(await left({ headers: ['idempotency-replayed', 'true'] })).toEqual([599, 60]);
	});
});

describe('an operation of cost 0', () => {
	test('is never refused and costs nothing', async () => {
		store.limits.requests = 1;
		const [gateway] = startGateways(1);
		const user = newSession();
		const free: Operation = { ...getJob, cost: 0 };
		await send(gateway, user);
		expect(await send(gateway, user, free)).toMatchObject({ status: 200, limit: '"requests";r=0;t=60' });
	});
});

describe('without the quota store', () => {
	test('each gateway admits its share of the rate, and the whole quota again when the store is back', async () => {
		const gateways = startGateways(4);
		const key = newKey();
		await overload(gateways, key);
		store.isDown = true;
		const admitted = await overload(gateways, key);
		expect(admitted / 600).toBeGreaterThanOrEqual(0.9);
		expect(admitted / 600).toBeLessThanOrEqual(1.1);
		store.isDown = false;
		nowMs += MINUTE_MS;
		expect((await overload(gateways, key)) / ALLOWED).toBeGreaterThanOrEqual(0.9);
	});

	test('a new key gets a share of the lowest limit that the gateway knows', async () => {
		const [gateway] = startGateways(1);
		await send(gateway, newKey());
		store.limits.requests = 6_000;
		await send(gateway, newKey());
		store.isDown = true;
		const admitted = await overload([gateway], newKey());
		expect(admitted / 600).toBeGreaterThanOrEqual(0.9);
		expect(admitted / 600).toBeLessThanOrEqual(1.02);
	});

	test('a new key is admitted by a gateway that knows no limit', async () => {
		store.isDown = true;
		expect(await send(startGateways(1)[0], newKey())).toEqual({
			status: 200,
			policy: undefined,
			limit: undefined,
		});
	});
});

describe('concurrent requests', () => {
	test('wait for one allocation, and get no more units than it has', async () => {
		store.limits.requests = 10;
		const [gateway] = startGateways(1);
		const user = newSession();
		const responses = await Promise.all(Array.from({ length: 30 }, () => send(gateway, user)));
		expect(responses.filter(({ status }) => status === 200)).toHaveLength(10);
	});

	test('of many users share calls', async () => {
		const [gateway] = startGateways(1);
		await Promise.all(Array.from({ length: 100 }, () => send(gateway, newSession())));
		expect(store.calls).toBe(1);
	});

	test('share the call for the next units of busy users', async () => {
		const [gateway] = startGateways(1);
		for (const user of [newSession(), newSession(), newSession()]) {
			for (let turn = 0; turn < 50; turn += 1) await send(gateway, user);
		}
		// Timers fire in the order of their times.
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(store.calls).toBe(3 + 1);
	});
});
