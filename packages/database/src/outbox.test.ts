import { accountDeleted, type EventEnvelope, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createNotificationListener } from './notifications.ts';
import { addToOutbox, OUTBOX_CHANNEL, publishBatch, readOutboxLag } from './outbox.ts';
import { createFixtureDatabase, type FixtureDatabase } from './testing/database.ts';
import { query, waitUntil } from './testing/query.ts';

let database: FixtureDatabase;

beforeAll(async () => {
	database = await createFixtureDatabase();
});

afterAll(async () => {
	await database.drop();
});

beforeEach(async () => {
	await database.prisma.outbox.deleteMany();
});

function event(): EventEnvelope {
	return newEvent(accountDeleted, { user_id: newId('usr') }, newId('req'));
}

async function add(count: number): Promise<EventEnvelope[]> {
	const events = Array.from({ length: count }, event);
	for (const each of events) await addToOutbox(database.prisma, each);
	return events;
}

async function remaining(): Promise<string[]> {
	const rows = await database.prisma.outbox.findMany({ orderBy: { id: 'asc' } });
	return rows.map((row) => row.eventId);
}

const ids = (events: EventEnvelope[]) => events.map((each) => each.id);
const accept = async () => undefined;

test('an event whose transaction rolls back is not in the outbox', async () => {
	const rolledBack = database.prisma.$transaction(async (tx) => {
		await addToOutbox(tx, event());
		throw new Error('no');
	});
	await expect(rolledBack).rejects.toThrow('no');
	expect(await remaining()).toEqual([]);
});

test('the commit of an event notifies listeners', async () => {
	const listening = Promise.withResolvers<void>();
	const woken = Promise.withResolvers<void>();
	const listener = createNotificationListener({
		databaseUrl: database.url,
		channels: [OUTBOX_CHANNEL],
		onNotification: () => woken.resolve(),
		onReconnect: () => listening.resolve(),
		onLost: listening.reject,
	});
	await listening.promise;
	await database.prisma.$transaction((tx) => addToOutbox(tx, event()));
	await expect(woken.promise).resolves.toBeUndefined();
	await listener.close();
});

test('a batch publishes the oldest events in order and removes them', async () => {
	const events = await add(3);
	const published: EventEnvelope[] = [];
	const count = await publishBatch(database.prisma, 2, async (each) => {
		published.push(each);
	});
	expect(count).toBe(2);
	expect(published).toEqual(events.slice(0, 2));
	expect(await remaining()).toEqual(ids(events.slice(2)));
});

test('an empty outbox is a batch of 0', async () => {
	expect(await publishBatch(database.prisma, 10, accept)).toBe(0);
});

test('a batch that can’t publish any event rejects with the reason and keeps every row', async () => {
	const events = await add(2);
	const away = new Error('the broker is away');
	await expect(publishBatch(database.prisma, 10, () => Promise.reject(away))).rejects.toBe(away);
	expect(await remaining()).toEqual(ids(events));
});

test('an event that can’t be published does not block the others', async () => {
	const events = await add(3);
	const count = await publishBatch(database.prisma, 10, async (each) => {
		if (each.id === events[0]?.id) throw new Error('no queue takes it');
	});
	expect(count).toBe(2);
	expect(await remaining()).toEqual(ids(events.slice(0, 1)));
});

test('an event is removed only after its publish has resolved', async () => {
	const events = await add(1);
	const confirm = Promise.withResolvers<void>();
	const started = Promise.withResolvers<void>();
	const batch = publishBatch(database.prisma, 10, () => {
		started.resolve();
		return confirm.promise;
	});
	await started.promise;
	expect(await remaining()).toEqual(ids(events));
	confirm.resolve();
	await batch;
	expect(await remaining()).toEqual([]);
});

test('rows that one relay is publishing are skipped by another', async () => {
	const events = await add(3);
	const confirm = Promise.withResolvers<void>();
	const first = publishBatch(database.prisma, 2, () => confirm.promise);
	await waitUntil(async () => {
		const free = await query(database.url, 'SELECT id FROM outbox FOR UPDATE SKIP LOCKED');
		return free.length === 1;
	});
	const taken: EventEnvelope[] = [];
	await publishBatch(database.prisma, 10, async (each) => {
		taken.push(each);
	});
	confirm.resolve();
	expect(await first).toBe(2);
	expect(ids(taken)).toEqual(ids(events.slice(2)));
});

test('concurrent relays publish each event once', async () => {
	const events = await add(60);
	const published: string[] = [];
	const relay = async () => {
		while ((await remaining()).length > 0) {
			await publishBatch(database.prisma, 5, async (each) => {
				published.push(each.id);
			});
		}
	};
	await Promise.all([relay(), relay(), relay()]);
	expect(published.sort()).toEqual(ids(events).sort());
});

test('the events of a relay that dies before its commit are published again', async () => {
	const events = await add(2);
	const published: string[] = [];
	const dying = publishBatch(database.prisma, 10, async (each) => {
		published.push(each.id);
		await query(
			database.url,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()",
		);
	});
	await expect(dying).rejects.toThrow();
	await publishBatch(database.prisma, 10, async (each) => {
		published.push(each.id);
	});
	expect(published).toEqual([...ids(events), ...ids(events)]);
	expect(await remaining()).toEqual([]);
});

test('the lag is the number and the maximum age of waiting events', async () => {
	expect(await readOutboxLag(database.prisma)).toEqual({ waiting: 0, oldestAgeSeconds: 0 });
	const [first] = await add(3);
	await database.prisma.outbox.update({
		where: { eventId: first?.id ?? '' },
		data: { createdAt: new Date(Date.now() - 3_600_000) },
	});
	const lag = await readOutboxLag(database.prisma);
	expect(lag.waiting).toBe(3);
	expect(lag.oldestAgeSeconds).toBeGreaterThan(3_000);
});
