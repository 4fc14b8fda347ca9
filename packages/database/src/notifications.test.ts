import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createNotificationListener, type NotificationListener, notify } from './notifications.ts';
import { createFixtureDatabase, type FixtureDatabase } from './testing/database.ts';
import { createFailingNetwork, type FailingNetwork } from './testing/network.ts';
import { query, waitUntil } from './testing/query.ts';

let database: FixtureDatabase;
let network: FailingNetwork;
let listener: NotificationListener | undefined;
let received: string[];
let connects: number;
let losses: number;

beforeAll(async () => {
	database = await createFixtureDatabase();
});

afterAll(async () => {
	await database.drop();
});

beforeEach(async () => {
	network = await createFailingNetwork(database.url);
	received = [];
	connects = 0;
	losses = 0;
});

afterEach(async () => {
	await listener?.close();
	await network.close();
});

function listen(databaseUrl: string): void {
	listener = createNotificationListener({
		databaseUrl,
		channels: ['jobs', 'Odd "name"'],
		onNotification: (channel, payload) => received.push(`${channel}: ${payload}`),
		onReconnect: () => {
			connects += 1;
		},
		onLost: () => {
			losses += 1;
		},
	});
}

async function listenerPids(): Promise<number[]> {
	const rows = await query<{ pid: number }>(
		database.url,
		"SELECT pid FROM pg_stat_activity WHERE application_name = 'creatorr-listen' AND datname = current_database()",
	);
	return rows.map((row) => row.pid);
}

test('notifications of a transaction are received on every channel after its commit', async () => {
	listen(database.url);
	await waitUntil(() => connects === 1);
	await database.prisma.$transaction(async (tx) => {
		await notify(tx, 'jobs', 'job_1');
		await notify(tx, 'Odd "name"', 'x');
	});
	await waitUntil(() => received.length === 2);
	expect(received).toEqual(['jobs: job_1', 'Odd "name": x']);
});

test('notifications of a transaction that rolls back are not received', async () => {
	listen(database.url);
	await waitUntil(() => connects === 1);
	const rolledBack = database.prisma.$transaction(async (tx) => {
		await notify(tx, 'jobs', 'never');
		throw new Error('no');
	});
	await expect(rolledBack).rejects.toThrow('no');
	await notify(database.prisma, 'jobs', 'after');
	await waitUntil(() => received.length > 0);
	expect(received).toEqual(['jobs: after']);
});

test('a listener whose connection is cut reconnects and reports it', async () => {
	listen(database.url);
	await waitUntil(() => connects === 1);
	const [pid] = await listenerPids();
	await query(database.url, 'SELECT pg_terminate_backend($1)', [pid]);
	await waitUntil(() => connects === 2);
	await notify(database.prisma, 'jobs', 'again');
	await waitUntil(() => received.length > 0);
	expect({ received, losses }).toEqual({ received: ['jobs: again'], losses: 1 });
});

test('a listener that starts before its database listens when the database is up', async () => {
	await network.refuse();
	listen(network.url);
	await waitUntil(() => losses >= 3);
	await network.accept();
	await waitUntil(() => connects === 1);
	expect(await listenerPids()).toHaveLength(1);
});

test('a silent connection is replaced', async () => {
	listen(network.url);
	await waitUntil(() => connects === 1);
	network.freeze();
	await waitUntil(() => losses >= 1);
	network.thaw();
	await waitUntil(() => connects === 2);
	await notify(database.prisma, 'jobs', 'back');
	await waitUntil(() => received.length > 0);
	expect(received).toEqual(['jobs: back']);
});

test('a closed listener leaves no connection', async () => {
	listen(database.url);
	await waitUntil(() => connects === 1);
	await listener?.close();
	await waitUntil(async () => (await listenerPids()).length === 0);
	expect({ connects, losses }).toEqual({ connects: 1, losses: 0 });
});

test('a listener can be closed while its database is down', async () => {
	await network.refuse();
	listen(network.url);
	await waitUntil(() => losses >= 1);
	await listener?.close();
	const lossesAtClose = losses;
	await network.accept();
	expect({ connects, losses }).toEqual({ connects: 0, losses: lossesAtClose });
});

test('a listener can be closed while its database is silent', async () => {
	listen(network.url);
	await waitUntil(() => connects === 1);
	network.freeze();
	await expect(listener?.close()).resolves.toBeUndefined();
});
