import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Pgbouncer, startPgbouncer } from '@creatorr/testing/pgbouncer';
import { silent } from '@creatorr/testing/silent';
import { startTcpProxy } from '@creatorr/testing/tcp-proxy';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrisma } from './client.ts';
import { migrateDeploy } from './migrations/migrate.ts';
import { notify } from './notifications.ts';
import { openDatabase } from './open-database.ts';
import { detectPooling, requireSessionPooling, TransactionPoolerError } from './pooling.ts';
import { createFixtureDatabase, FIXTURE_DIRECTORY, type FixtureDatabase } from './testing/database.ts';
import { PrismaClient } from './testing/generated/prisma/client.ts';
import { query, waitUntil } from './testing/query.ts';

let database: FixtureDatabase;
let transaction: Pgbouncer;
let session: Pgbouncer;

beforeAll(async () => {
	database = await createFixtureDatabase();
	transaction = await startPgbouncer(database.url, 'transaction');
	session = await startPgbouncer(database.url, 'session');
});

afterAll(async () => {
	await transaction.stop();
	await session.stop();
	await database.drop();
});

const directUrlSetting = 'JOBS_DATABASE_DIRECT_URL';
const logger = silent;

describe('detectPooling', () => {
	test('distinguishes the server, a session pooler and a transaction pooler', async () => {
		expect(await detectPooling(database.url)).toBe('none');
		expect(await detectPooling(session.url)).toBe('session');
		expect(await detectPooling(transaction.url)).toBe('transaction');
	});
});

describe('requireSessionPooling', () => {
	test('rejects a transaction pooler without a direct URL, and names the setting', async () => {
		await expect(
			requireSessionPooling({ databaseUrl: transaction.url, directUrlSetting, logger }),
		).rejects.toThrow(
			/^JOBS_DATABASE_URL leads to a pooler in transaction mode.*set JOBS_DATABASE_DIRECT_URL/,
		);
	});

	test('rejects a direct URL that leads to a transaction pooler', async () => {
		const given = { databaseUrl: database.url, directUrl: transaction.url, directUrlSetting, logger };
		await expect(requireSessionPooling(given)).rejects.toThrow(/^JOBS_DATABASE_DIRECT_URL leads to/);
	});

	test('accepts the server and a session pooler', async () => {
		await requireSessionPooling({ databaseUrl: database.url, directUrlSetting, logger });
		await requireSessionPooling({ databaseUrl: session.url, directUrlSetting, logger });
	});

	test('lets a process start while the database is down', async () => {
		const databaseUrl = `postgresql://nobody@127.0.0.1:${await freePort()}/none`;
		const closing = new AbortController();
		await requireSessionPooling({ databaseUrl, directUrlSetting, logger, closing: closing.signal });
		closing.abort();
	});
});

test('a service does not start behind a transaction pooler without a direct URL', async () => {
	const closes: (() => unknown)[] = [];
	const context = {
		name: 'pooled',
		logger,
		useNotifications() {},
		onClose: (close: () => unknown) => closes.push(close),
	};
	const settings = { databaseUrl: transaction.url, directUrlSetting, poolSize: 1 };
	await expect(openDatabase(context, PrismaClient, settings)).rejects.toThrow(TransactionPoolerError);
	for (const close of closes) await close();
});

test('migrations are not applied through a transaction pooler, and the error names the setting', async () => {
	const options = { databaseUrl: transaction.url, directory: FIXTURE_DIRECTORY };
	await expect(migrateDeploy(options)).rejects.toThrow(/set DATABASE_DIRECT_URL$/);
	await expect(migrateDeploy({ ...options, directUrlSetting })).rejects.toThrow(
		/set JOBS_DATABASE_DIRECT_URL$/,
	);
});

describe('a direct URL that fails', () => {
	test('is logged once for all attempts, and once when it recovers', async () => {
		const direct = await startTcpProxy(database.url);
		direct.cut();
		const log: [string, unknown][] = [];
		const write = (event: string, fields: unknown) => void log.push([event, fields]);
		try {
			await requireSessionPooling({
				databaseUrl: database.url,
				directUrl: direct.url,
				directUrlSetting,
				logger: { info: write, warn: write },
				retryMs: 5,
			});
			const failed = [
				'database.direct_url_failed',
				{ setting: directUrlSetting, error: expect.objectContaining({ message: expect.any(String) }) },
			];
			expect(log).toEqual([failed]);
			await sleep(100);
			direct.restore();
			await waitUntil(() => log.length > 1);
			expect(log).toEqual([failed, ['database.direct_url_recovered', { setting: directUrlSetting }]]);
		} finally {
			direct.restore();
			await direct.close();
		}
	});
});

test('a client behind a session pooler has its timeouts without a direct URL', async () => {
	const timeouts = { statementTimeoutMs: 4_000, idleInTransactionMs: 7_000 };
	const prisma = createPrisma(PrismaClient, {
		...timeouts,
		databaseUrl: session.url,
		poolSize: 1,
		applicationName: 'session-test',
	});
	try {
		const shown = await prisma.$queryRaw`SELECT current_setting('statement_timeout') AS statement,
			current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('TimeZone') AS zone`;
		expect(shown).toEqual([{ statement: '4s', idle: '7s', zone: 'UTC' }]);
	} finally {
		await prisma.$disconnect();
	}
});

describe('a client behind a transaction pooler', () => {
	test('reads times as UTC, has its timeouts, and runs transactions', async () => {
		const name = new URL(database.url).pathname.slice(1);
		await query(database.url, `ALTER DATABASE "${name}" SET timezone = 'Asia/Kolkata'`);
		const settings = { databaseUrl: transaction.url, directUrl: database.url };
		const timeouts = { statementTimeoutMs: 4_000, idleInTransactionMs: 7_000 };
		await requireSessionPooling({ ...settings, directUrlSetting, logger, timeouts });
		await query(
			database.url,
			'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
		);
		const prisma = createPrisma(PrismaClient, {
			...settings,
			...timeouts,
			poolSize: 4,
			applicationName: 'pooled-test',
		});
		try {
			const row = await prisma.inbox.create({ data: { eventId: 'evt_pooled', consumer: 'test' } });
			const [instant] = await query(
				database.url,
				"SELECT received_at FROM inbox WHERE event_id = 'evt_pooled'",
			);
			expect(row.receivedAt).toEqual(instant?.received_at);
			const shown = await prisma.$transaction(
				(tx) => tx.$queryRaw`SELECT current_setting('statement_timeout') AS statement,
					current_setting('idle_in_transaction_session_timeout') AS idle`,
			);
			expect(shown).toEqual([{ statement: '4s', idle: '7s' }]);
		} finally {
			await prisma.$disconnect();
		}
	});

	test('receives notifications, which a transaction pooler loses, through the direct URL', async () => {
		const closes: (() => unknown)[] = [];
		const heard: string[] = [];
		const listening = Promise.withResolvers<void>();
		const prisma = await openDatabase(
			{
				name: 'pooled',
				logger,
				useNotifications(listen) {
					const listener = listen({
						channels: ['jobs'],
						onNotification: (_channel, payload) => heard.push(payload),
						onReconnect: listening.resolve,
						onLost: listening.reject,
					});
					closes.push(() => listener.close());
				},
				onClose: (close) => closes.push(close),
			},
			PrismaClient,
			{ databaseUrl: transaction.url, directUrl: database.url, directUrlSetting, poolSize: 4 },
		);
		try {
			await listening.promise;
			await notify(prisma, 'jobs', 'job_1');
			await waitUntil(() => heard.length > 0);
			expect(heard).toEqual(['job_1']);
		} finally {
			for (const close of closes.toReversed()) await close();
		}
	});
});
