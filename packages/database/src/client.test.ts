import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrisma, type DatabaseSettings } from './client.ts';
import { ping } from './ping.ts';
import { createFixtureDatabase, type FixtureDatabase } from './testing/database.ts';
import { PrismaClient } from './testing/generated/prisma/client.ts';
import { createFailingNetwork, type FailingNetwork } from './testing/network.ts';
import { query, waitUntil } from './testing/query.ts';

let database: FixtureDatabase;

beforeAll(async () => {
	database = await createFixtureDatabase();
});

afterAll(async () => {
	await database.drop();
});

const open: PrismaClient[] = [];
let network: FailingNetwork | undefined;

afterEach(async () => {
	await network?.close();
	await Promise.all(open.splice(0).map((prisma) => prisma.$disconnect()));
});

async function connections(applicationName: string): Promise<number> {
	const sql = 'SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()';
	return (await query(database.url, sql, [applicationName])).length;
}

function connect(settings: Partial<DatabaseSettings>) {
	const prisma = createPrisma(PrismaClient, {
		databaseUrl: database.url,
		poolSize: 2,
		applicationName: 'client-test',
		...settings,
	});
	open.push(prisma);
	return prisma;
}

describe('a client', () => {
	test('reads a time of the database as the same instant in any time zone', async () => {
		await query(
			database.url,
			`ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET timezone = 'Asia/Kolkata'`,
		);
		const prisma = connect({});
		const row = await prisma.inbox.create({ data: { eventId: 'evt_time', consumer: 'test' } });
		const [instant] = await query(database.url, "SELECT received_at FROM inbox WHERE event_id = 'evt_time'");
		expect(row.receivedAt).toEqual(instant?.received_at);
	});

	test('opens no more connections than its pool size', async () => {
		const prisma = connect({ poolSize: 3, applicationName: 'pool-test' });
		await Promise.all(Array.from({ length: 9 }, () => prisma.$queryRaw`SELECT 1 FROM pg_sleep(0.1)`));
		expect(await connections('pool-test')).toBe(3);
	});

	test('leaves no connection after it disconnects', async () => {
		const prisma = connect({ applicationName: 'end-test' });
		await ping(prisma);
		expect(await connections('end-test')).toBe(1);
		await prisma.$disconnect();
		await waitUntil(async () => (await connections('end-test')) === 0);
	});

	test('reconnects after its idle connections were cut', async () => {
		const prisma = connect({ applicationName: 'cut-test' });
		await ping(prisma);
		await query(
			database.url,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-test'",
		);
		await waitUntil(async () => (await connections('cut-test')) === 0);
		await expect(ping(prisma)).resolves.toBeUndefined();
	});

	test('ends a statement at its timeout', async () => {
		const prisma = connect({ statementTimeoutMs: 200 });
		await expect(prisma.$queryRaw`SELECT 1 FROM pg_sleep(10)`).rejects.toThrow('statement timeout');
	});

	test('releases the locks of an idle transaction after a timeout', async () => {
		const prisma = connect({ applicationName: 'mute-test', idleInTransactionMs: 200 });
		const mute = prisma.$transaction(
			async (tx) => {
				await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(17)`;
				expect(await connections('mute-test')).toBe(1);
				await waitUntil(async () => (await connections('mute-test')) === 0);
				await tx.counter.count();
			},
			{ timeout: 60_000 },
		);
		await expect(mute).rejects.toThrow();
	});

	test('times out when the database goes silent, and recovers when it responds', async () => {
		network = await createFailingNetwork(database.url);
		const prisma = connect({ databaseUrl: network.url, poolSize: 1, statementTimeoutMs: 100 });
		const inSilence = prisma.$transaction(
			async (tx) => {
				await tx.counter.count();
				network?.freeze();
				await tx.counter.count();
			},
			{ timeout: 60_000 },
		);
		await expect(inSilence).rejects.toThrow('Query read timeout');
		network.thaw();
		expect(await prisma.counter.count()).toBe(0);
	});

	test('keeps arguments out of its errors', async () => {
		const prisma = connect({});
		const twice = { data: { name: 'secret-argument', value: 1 } };
		await prisma.counter.create(twice);
		const error = await prisma.counter.create(twice).catch((caught: unknown) => caught);
		await prisma.counter.delete({ where: { name: 'secret-argument' } });
		expect(String(error)).not.toContain('secret-argument');
		expect(error).toMatchObject({ code: 'P2002' });
	});
});

describe('ping', () => {
	test('resolves if the database responds', async () => {
		await expect(ping(database.prisma)).resolves.toBeUndefined();
	});

	test('rejects if nothing listens', async () => {
		const prisma = connect({ databaseUrl: 'postgresql://127.0.0.1:1/none' });
		await expect(ping(prisma)).rejects.toThrow();
	});

	test('rejects in time if the database goes silent', async () => {
		network = await createFailingNetwork(database.url);
		const prisma = connect({ databaseUrl: network.url, statementTimeoutMs: 100 });
		await ping(prisma);
		network.freeze();
		await expect(ping(prisma, 100)).rejects.toThrow('the database did not answer within 100 ms');
	});
});
