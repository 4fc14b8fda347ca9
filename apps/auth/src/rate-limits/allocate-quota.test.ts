import { newId } from '@creatorr/contracts/ids';
import type { QuotaRequest } from '@creatorr/contracts/internal/auth';
import { PLANS } from '@creatorr/contracts/plans';
import type { TestDatabase } from '@creatorr/testing/database';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, openConnections } from '../database.sql.ts';
import { createTestDatabase } from '../testing/database.ts';
import { newInstanceId } from '../testing/fake-gateway.ts';
import { allocateUnits, pruneRateLimits } from './allocate-quota.sql.ts';

const SECOND_MS = 1_000;
/** A unit is restored each second. */
const PLAN = { ...PLANS.free, requestsPerMinute: 60, jobsPerMinute: 0 };
const PLANS_OF_TEST = { free: PLAN, pro: { ...PLAN, requestsPerMinute: 600 } };

let database: TestDatabase;
let prisma: Database;
let userId: string;

beforeAll(async () => {
	database = await createTestDatabase();
	prisma = openConnections({ databaseUrl: database.url, poolSize: 4, applicationName: 'test' });
});

afterAll(async () => {
	await prisma.$disconnect();
	await database.drop();
});

beforeEach(async () => {
	userId = newId('usr');
	await prisma.user.create({ data: { id: userId, email: userId, passwordHash: '' } });
});

const requestOf = (change: Partial<QuotaRequest> = {}): QuotaRequest => ({
	user_id: userId,
	principal: userId,
	policy: 'requests',
	is_large: true,
	excess_units: 0,
	...change,
});

const allocate = (...requests: QuotaRequest[]) => allocateUnits(prisma, PLANS_OF_TEST, requests);

async function fullAtMs(principal = userId): Promise<number> {
	const key = { principal_policy: { principal, policy: 'requests' } };
	return (await prisma.rateLimit.findUniqueOrThrow({ where: key })).fullAt.getTime();
}

describe('an allocation', () => {
	test('is added to all earlier ones, also when gateways request them at the same time', async () => {
		const first = await allocate(requestOf());
		expect(first.allocations).toEqual([{ limit: 60, units: 6, full_in_ms: 6 * SECOND_MS }]);
		const beforeMs = await fullAtMs();
		await Promise.all(Array.from({ length: 10 }, () => allocate(requestOf())));
		expect((await fullAtMs()) - beforeMs).toBe(10 * 6 * SECOND_MS);
	});

	test('deducts excess units', async () => {
		await allocate(requestOf());
		const beforeMs = await fullAtMs();
		await allocate(requestOf({ excess_units: 5 }));
		expect((await fullAtMs()) - beforeMs).toBe((5 + 6) * SECOND_MS);
	});

	test('is small when other gateways need the rest of the bucket', async () => {
		const { allocations } = await allocate(requestOf({ is_large: false }));
		expect(allocations).toEqual([{ limit: 60, units: 3, full_in_ms: 3 * SECOND_MS }]);
	});

	test('has no units when the units of a minute are already allocated in advance', async () => {
		const beyondAdvance = new Date(Date.now() + 150 * SECOND_MS);
		await prisma.rateLimit.create({
			data: { principal: userId, policy: 'requests', fullAt: beyondAdvance },
		});
		const { allocations } = await allocate(requestOf());
		expect(allocations).toMatchObject([{ limit: 60, units: 0 }]);
		expect(await fullAtMs()).toBe(beyondAdvance.getTime());
	});

	test('has the limit of the plan, and each principal has its own bucket', async () => {
		const pro = newId('usr');
		await prisma.user.create({ data: { id: pro, email: pro, passwordHash: '', plan: 'pro' } });
		const { allocations } = await allocate(
			requestOf({ user_id: newId('usr'), principal: newId('key') }),
			requestOf({ user_id: pro, principal: pro }),
			requestOf(),
			requestOf({ principal: newId('key') }),
			requestOf({ policy: 'jobs' }),
		);
		expect(allocations).toEqual([
			null,
			{ limit: 600, units: 60, full_in_ms: 6 * SECOND_MS },
			{ limit: 60, units: 6, full_in_ms: 6 * SECOND_MS },
			{ limit: 60, units: 6, full_in_ms: 6 * SECOND_MS },
			{ limit: 0, units: 0, full_in_ms: 0 },
		]);
	});

	test('of many principals doesn’t deadlock with others', async () => {
		const keys = Array.from({ length: 20 }, () => requestOf({ principal: newId('key') }));
		const batches = Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? keys : keys.toReversed()));
		const results = await Promise.all(batches.map((batch) => allocate(...batch)));
		expect(results.flatMap(({ allocations }) => allocations)).not.toContain(null);
	});

	test('comes with the number of gateways that have a lease', async () => {
		const lease = (leftMs: number, isFenced = false) => ({
			id: newInstanceId(),
			callbackUrl: 'http://127.0.0.1:1',
			expiresAt: new Date(Date.now() + leftMs),
			fencedAt: isFenced ? new Date() : null,
		});
		expect((await allocate(requestOf())).gateways).toBe(1);
		const minute = 60 * SECOND_MS;
		await prisma.gatewayLease.createMany({
			data: [lease(minute), lease(minute), lease(minute, true), lease(-minute)],
		});
		expect((await allocate(requestOf())).gateways).toBe(2);
	});
});

test('pruning deletes buckets that are full again, and no others', async () => {
	await prisma.rateLimit.deleteMany();
	const bucket = (principal: string, leftMs: number) => ({
		principal,
		policy: 'requests',
		fullAt: new Date(Date.now() + leftMs),
	});
	await prisma.rateLimit.createMany({
		data: [bucket('full', -SECOND_MS), bucket('used', 60 * SECOND_MS)],
	});
	await pruneRateLimits.run({ prisma }, new AbortController().signal);
	expect((await prisma.rateLimit.findMany()).map(({ principal }) => principal)).toEqual(['used']);
});
