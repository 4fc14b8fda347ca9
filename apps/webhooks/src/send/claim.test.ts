import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { silent } from '@creatorr/testing/silent';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failBeforeMove } from '../endpoints/end-deliveries.sql.ts';
import { createSecretSealer, newSecret } from '../endpoints/secret.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';
import { startDatabase } from '../testing/database.ts';
import { type ClaimLimits, claimDeliveries, releaseDeliveries } from './claim.sql.ts';
import { type DeliveryAttempt, recordAttempts, recordHealth } from './record-attempts.sql.ts';
import { createSender } from './sender.ts';
import type { SlotLimits } from './slots.ts';

let database: Awaited<ReturnType<typeof startDatabase>>;
let prisma: PrismaClient;
beforeAll(async () => {
	database = await startDatabase();
	prisma = database.prisma;
});
afterEach(async () => {
	await prisma.endpoint.deleteMany();
	await prisma.event.deleteMany();
});
afterAll(() => database?.stop());

const secondsAgo = (seconds: number) => new Date(Date.now() - 1_000 * seconds);

/** Adds an endpoint with deliveries that have been due for these numbers of seconds. */
async function addEndpoint(
	dueForSeconds: number[],
	state: Partial<Prisma.EndpointUncheckedCreateInput> = {},
) {
	const endpointId = newId('whk');
	const owner = { id: endpointId, userId: newId('usr'), url: 'https://example.com/', sealedSecret: 'sealed' };
	await prisma.endpoint.create({ data: { ...owner, ...state } });
	for (const seconds of dueForSeconds) {
		const eventId = newId('evt');
		const { userId } = owner;
		await prisma.event.create({
			data: { id: eventId, userId, type: 'job.failed', dedupeKey: eventId, occurredAt: new Date(), data: {} },
		});
		await prisma.delivery.create({
			data: { id: `${endpointId} ${seconds}`, eventId, endpointId, dueAt: secondsAgo(seconds) },
		});
	}
	return endpointId;
}

const LIMITS: ClaimLimits = {
	free: 100,
	freeSlow: 100,
	perEndpoint: 100,
	perHost: 100,
	perUser: 100,
	leaseSeconds: 60,
	runningByEndpoint: new Map(),
	runningByHost: new Map(),
	runningByUser: new Map(),
};
const claim = async (limits: Partial<ClaimLimits> = {}) => {
	const claimed = await claimDeliveries(prisma, { ...LIMITS, ...limits });
	return claimed.map(({ id }) => id).sort();
};

describe('a claim', () => {
	test('takes the deliveries that are due for longest, and none that is due later', async () => {
		const [a, b] = [await addEndpoint([50, 10, -60]), await addEndpoint([30, 20])];
		expect(await claim({ free: 2 })).toEqual([`${a} 50`, `${b} 30`].sort());
		expect(await claim()).toEqual([`${a} 10`, `${b} 20`].sort());
		expect(await claim()).toEqual([]);
	});

	test('never exceeds the concurrent attempts of an endpoint', async () => {
		const [busy, idle] = [await addEndpoint([9, 8, 7]), await addEndpoint([6, 5, 4])];
		const claimed = await claim({ perEndpoint: 2, runningByEndpoint: new Map([[busy, 1]]) });
		expect(claimed).toEqual([`${busy} 9`, `${idle} 6`, `${idle} 5`].sort());
	});

	test('never exceeds the concurrent attempts of a user at one host, and shares them among its endpoints', async () => {
		const owner = { userId: 'usr_owner' };
		const first = await addEndpoint([9, 8, 7, 6], owner);
		const otherPort = await addEndpoint([2, 1], { ...owner, url: 'https://example.com:8443/hook?a=b' });
		const otherHost = await addEndpoint([3], { ...owner, url: 'https://[2001:db8::1]:8443/' });
		const otherUser = await addEndpoint([4]);
		const runningByHost = new Map([['usr_owner example.com', 1]]);
		const claimed = await claimDeliveries(prisma, { ...LIMITS, perHost: 4, runningByHost });
		expect(claimed.map(({ id, host }) => `${id} ${host}`).sort()).toEqual(
			[
				`${first} 9 example.com`,
				`${first} 8 example.com`,
				`${otherPort} 2 example.com`,
				`${otherHost} 3 [2001`,
				`${otherUser} 4 example.com`,
			].sort(),
		);
	});

	test('never exceeds the concurrent attempts of a user, over all endpoints', async () => {
		const greedy = { userId: 'usr_greedy' };
		const [one, two] = [await addEndpoint([9, 8], greedy), await addEndpoint([7, 6], greedy)];
		const other = await addEndpoint([2, 1]);
		const claimed = await claim({ perUser: 4, runningByUser: new Map([[greedy.userId, 1]]) });
		expect(claimed).toEqual([`${one} 9`, `${one} 8`, `${two} 7`, `${other} 2`, `${other} 1`].sort());
	});

	test('sends nothing to disabled or paused endpoints, and one at a time to failing ones', async () => {
		await addEndpoint([9], { status: 'disabled' });
		await addEndpoint([9], { pausedUntil: secondsAgo(-60) });
		const failing = await addEndpoint([9, 8, 7], { failures: 5, pausedUntil: secondsAgo(1) });
		expect(await claim()).toEqual([`${failing} 9`]);
		expect(await claim({ runningByEndpoint: new Map([[failing, 1]]) })).toEqual([]);
	});

	test('keeps attempts free for fast endpoints, however long slow ones wait', async () => {
		const slow = await addEndpoint([99, 98, 97], { slow: true });
		const fast = await addEndpoint([2, 1]);
		expect(await claim({ freeSlow: 1 })).toEqual([`${slow} 99`, `${fast} 2`, `${fast} 1`].sort());
	});

	test('takes deliveries of users with the fewest running attempts first, however long others wait', async () => {
		const [busy, idle] = [await addEndpoint([99, 98, 97], { userId: 'usr_busy' }), await addEndpoint([2, 1])];
		const claimed = await claim({ free: 3, runningByUser: new Map([['usr_busy', 1]]) });
		expect(claimed).toEqual([`${busy} 99`, `${idle} 2`, `${idle} 1`].sort());
	});

	test('takes no delivery that a concurrent claim takes', async () => {
		await addEndpoint(Array.from({ length: 20 }, (_, index) => index + 1));
		const claims = await Promise.all(Array.from({ length: 4 }, () => claim({ free: 10 })));
		const rest = await claim();
		const all = [...claims.flat(), ...rest];
		expect([all.length, new Set(all).size]).toEqual([20, 20]);
	});

	test('reads only pending deliveries, also with statistics from a long backlog', async () => {
		const [endpoints, each] = [50, 200];
		const ids: string[] = [];
		while (ids.length < endpoints) ids.push(await addEndpoint([]));
		await prisma.$executeRaw`
			WITH added AS (
				INSERT INTO events (id, user_id, type, fact, occurred_at, data)
				SELECT i, 'usr', 'job.failed', i, now(), '{}' FROM generate_series(1, ${endpoints * each}::int) AS i RETURNING id
			)
			INSERT INTO deliveries (id, event_id, endpoint_id, due_at)
			SELECT id, id, (${ids}::text[])[1 + id::int % ${endpoints}::int], now() FROM added`;
		await prisma.$executeRaw`ANALYZE deliveries`;
		await prisma.$executeRaw`UPDATE deliveries SET due_at = NULL WHERE id <> '1'`;
		// one connection, because each reports its reads separately
		const single = database.createClient(1);
		const rowsRead = async () => {
			await single.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
			const [row] = await single.$queryRaw<{ read: bigint }[]>`
				SELECT idx_tup_read AS read FROM pg_stat_user_indexes WHERE indexrelid = 'deliveries_endpoint_id_id_idx'::regclass`;
			return Number(row?.read);
		};
		const before = await rowsRead();
		expect(await claimDeliveries(single, LIMITS)).toHaveLength(1);
		const read = (await rowsRead()) - before;
		await single.$disconnect();
		expect(read).toBeLessThan(each);
	});
});

describe('the outcome of an attempt', () => {
	async function endAttempt(change: object = {}) {
		const [delivery] = await claimDeliveries(prisma, LIMITS);
		if (!delivery) throw new Error('nothing is due');
		const ended: DeliveryAttempt = {
			delivery,
			outcome: { status: 204, excerpt: '' },
			startedAt: new Date(),
			endedAt: new Date(),
			durationMs: 1,
			status: 'succeeded',
			retrySeconds: null,
			staleGoneRetrySeconds: null,
			responseStatus: 204,
			error: null,
			excerpt: null,
			...change,
		};
		return ended;
	}
	const find = (id: string) =>
		prisma.delivery.findUniqueOrThrow({ where: { id }, include: { attempts: true } });

	test('leaves a delivery due that was replayed meanwhile', async () => {
		const id = `${await addEndpoint([1])} 1`;
		const ended = await endAttempt();
		await prisma.delivery.update({ where: { id }, data: { retryStep: 0, dueAt: secondsAgo(1) } });
		await recordAttempts(prisma, [ended]);
		expect(await find(id)).toMatchObject({
			status: 'pending',
			dueAt: expect.any(Date),
			attempts: [{ number: 1 }],
		});
	});

	test('is no retry if the delivery failed meanwhile, because the URL was changed to another server', async () => {
		const endpointId = await addEndpoint([1]);
		const id = `${endpointId} 1`;
		const ended = await endAttempt({ responseStatus: 500, status: 'pending', retrySeconds: 5 });
		await failBeforeMove(prisma, endpointId);
		await recordAttempts(prisma, [ended]);
		expect(await find(id)).toMatchObject({ status: 'failed', dueAt: null, attempts: [{ number: 1 }] });
	});

	describe('of a 410', () => {
		const gone = {
			outcome: { status: 410, excerpt: '' },
			responseStatus: 410,
			status: 'failed' as const,
			retrySeconds: null,
			staleGoneRetrySeconds: 5,
		};

		test.each([
			['the URL was replaced', { url: 'https://example.com/new' }],
			['the endpoint was disabled and enabled again', { healthEpoch: 2 }],
		])('is a retry if %s meanwhile', async (_, data) => {
			const endpointId = await addEndpoint([1]);
			const ended = await endAttempt(gone);
			await prisma.endpoint.update({ where: { id: endpointId }, data });
			await recordAttempts(prisma, [ended]);
			expect(await find(`${endpointId} 1`)).toMatchObject({ status: 'pending', dueAt: expect.any(Date) });
			expect(
				await recordHealth(prisma, { endpointId, attempts: [ended] }, { disableAfterMs: 1_000 }),
			).toBeNull();
		});

		test('ends the delivery and disables the endpoint otherwise', async () => {
			const endpointId = await addEndpoint([1]);
			const ended = await endAttempt(gone);
			await recordAttempts(prisma, [ended]);
			expect(await find(`${endpointId} 1`)).toMatchObject({ status: 'failed', dueAt: null });
			expect(await recordHealth(prisma, { endpointId, attempts: [ended] }, { disableAfterMs: 1_000 })).toBe(
				'gone',
			);
		});
	});

	test('is kept only for the last 50 attempts, and the response bodies of 3', async () => {
		const id = `${await addEndpoint([1])} 1`;
		await prisma.delivery.update({ where: { id }, data: { attemptCount: 60 } });
		await prisma.attempt.createMany({
			data: Array.from({ length: 60 }, (_, index) => ({
				deliveryId: id,
				number: index + 1,
				startedAt: new Date(),
				durationMs: 1,
				responseExcerpt: 'x',
			})),
		});
		await recordAttempts(prisma, [await endAttempt({ excerpt: 'y' })]);
		const { attempts } = await find(id);
		const kept = attempts.filter(({ responseExcerpt }) => responseExcerpt !== null);
		expect(kept.map(({ number }) => number).sort()).toEqual([59, 60, 61]);
		const numbers = attempts.map(({ number }) => number);
		expect([numbers.length, Math.min(...numbers), Math.max(...numbers)]).toEqual([50, 12, 61]);
	});

	test.each([410, 500, 204])(
		'leaves the health of an endpoint as it is after its host changed, with %d',
		async (status) => {
			const endpointId = await addEndpoint([1]);
			const late = await endAttempt({ outcome: { status, excerpt: '' } });
			const where = { id: endpointId };
			const changed = await prisma.endpoint.update({
				where,
				data: { url: 'https://new.example.com/', healthEpoch: 1, failures: 1, failingSince: secondsAgo(1) },
			});
			expect(await recordHealth(prisma, { endpointId, attempts: [late] }, { disableAfterMs: 0 })).toBeNull();
			expect(await prisma.endpoint.findUnique({ where })).toEqual(changed);
		},
	);

	test('counts as a failure of the endpoint after only the path of its URL changed, but 410 doesn’t disable it', async () => {
		const endpointId = await addEndpoint([1]);
		const late = await endAttempt({ outcome: { status: 410, excerpt: '' } });
		const where = { id: endpointId };
		await prisma.endpoint.update({ where, data: { url: new URL('/new', late.delivery.url).href } });
		expect(
			await recordHealth(prisma, { endpointId, attempts: [late] }, { disableAfterMs: 1_000 }),
		).toBeNull();
		expect(await prisma.endpoint.findUnique({ where })).toMatchObject({ status: 'enabled', failures: 1 });
	});
});

test('an aborted attempt is due again at once and uses up no retry', async () => {
	const endpoint = await addEndpoint([1]);
	const id = `${endpoint} 1`;
	await claim();
	await releaseDeliveries(prisma, [{ id, number: 2 }]);
	expect(await claim()).toEqual([]);
	await releaseDeliveries(prisma, [{ id, number: 1 }]);
	expect(await prisma.delivery.findUnique({ where: { id } })).toMatchObject({
		retryStep: 0,
		attemptCount: 1,
	});
	expect(await claim()).toEqual([id]);
});

test('an aborted attempt of a delivery that has failed meanwhile does not make it due', async () => {
	const id = `${await addEndpoint([1])} 1`;
	await claim();
	await prisma.delivery.update({ where: { id }, data: { status: 'failed', dueAt: null } });
	await releaseDeliveries(prisma, [{ id, number: 1 }]);
	expect(await prisma.delivery.findUnique({ where: { id } })).toMatchObject({
		status: 'failed',
		dueAt: null,
	});
});

/** Returns a sender whose attempts don't end until it stops. `onPost` is called when one starts. */
async function createHangingSender(limits: SlotLimits, onPost: () => void = () => undefined) {
	const sealer = createSecretSealer([randomBytes(32)]);
	for (const { id } of await prisma.endpoint.findMany())
		await prisma.endpoint.update({ where: { id }, data: { sealedSecret: sealer.seal(newSecret(), id) } });
	return createSender({
		prisma,
		logger: silent,
		sealer,
		userAgent: 'test',
		timeoutMs: 60_000,
		stopMs: 1,
		limits,
		wake: () => undefined,
		rules: { retryDelaysSeconds: [], disableAfterMs: 1 },
		outbound: {
			normalizeUrl: (url) => url,
			close: async () => undefined,
			post: ({ signal }) =>
				new Promise((_, reject) => {
					signal?.addEventListener('abort', () => reject(signal.reason));
					onPost();
				}),
		},
	});
}

test('a process that stops releases the deliveries whose attempts it aborts', async () => {
	const endpoint = await addEndpoint([1]);
	const started = Promise.withResolvers<void>();
	const sender = await createHangingSender({ total: 1, perEndpoint: 1 }, () => started.resolve());
	await sender.sendDue(new AbortController().signal);
	await started.promise;
	await sender.stop();
	const delivery = await prisma.delivery.findUniqueOrThrow({ where: { id: `${endpoint} 1` } });
	expect(delivery).toMatchObject({ status: 'pending', retryStep: 0, attemptCount: 1 });
	expect(await claim()).toEqual([delivery.id]);
});

test('deliveries to slow endpoints that were left for the pause are claimed soon after it', async () => {
	await addEndpoint([1, 2, 3, 4, 5, 6], { slow: true });
	const sender = await createHangingSender({ total: 100, perEndpoint: 100 });
	const { signal } = new AbortController();
	const countClaimed = () => prisma.delivery.count({ where: { attemptCount: 1 } });
	await sender.sendDue(signal);
	expect(await countClaimed()).toBe(4);
	await sender.sendDue(signal);
	// The pause ends before the task asks when to claim next.
	await sleep(60);
	expect(sender.nextClaimMs()).toBeLessThanOrEqual(50);
	await sender.sendDue(signal);
	expect(await countClaimed()).toBe(6);
	await sender.stop();
});
