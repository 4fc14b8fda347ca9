import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { applyOnce, pruneInbox } from './inbox.ts';
import { createFixtureDatabase, type FixtureDatabase } from './testing/database.ts';

let database: FixtureDatabase;

beforeAll(async () => {
	database = await createFixtureDatabase();
});

afterAll(async () => {
	await database.drop();
});

beforeEach(async () => {
	await database.prisma.inbox.deleteMany();
	await database.prisma.counter.deleteMany();
	await database.prisma.counter.create({ data: { name: 'effects', value: 0 } });
});

function apply(eventId: string, consumer = 'test', fail = false): Promise<boolean> {
	return database.prisma.$transaction((tx) =>
		applyOnce(tx, { eventId, consumer }, async () => {
			await tx.counter.update({ where: { name: 'effects' }, data: { value: { increment: 1 } } });
			if (fail) throw new Error('no');
		}),
	);
}

async function effects(): Promise<number> {
	const counter = await database.prisma.counter.findUniqueOrThrow({ where: { name: 'effects' } });
	return counter.value;
}

test('an event takes effect', async () => {
	expect(await apply('evt_1')).toBe(true);
	expect(await effects()).toBe(1);
});

test('a repeated event has no effect', async () => {
	await apply('evt_1');
	expect(await apply('evt_1')).toBe(false);
	expect(await effects()).toBe(1);
});

test('another event, and another consumer, take effect', async () => {
	await apply('evt_1');
	await apply('evt_2');
	await apply('evt_1', 'other');
	expect(await effects()).toBe(3);
});

test('concurrent deliveries of an event take effect once', async () => {
	const applied = await Promise.all(Array.from({ length: 8 }, () => apply('evt_1')));
	expect(applied.filter(Boolean)).toHaveLength(1);
	expect(await effects()).toBe(1);
});

test('an event whose effect failed takes effect when it is delivered again', async () => {
	await expect(apply('evt_1', 'test', true)).rejects.toThrow('no');
	expect(await apply('evt_1')).toBe(true);
	expect(await effects()).toBe(1);
});

test('pruning deletes only older entries', async () => {
	const dayMs = 86_400_000;
	await database.prisma.inbox.createMany({
		data: [
			{ eventId: 'old', consumer: 'test', receivedAt: new Date(Date.now() - 8 * dayMs) },
			{ eventId: 'young', consumer: 'test', receivedAt: new Date(Date.now() - 6 * dayMs) },
		],
	});
	expect(await pruneInbox(database.prisma, 7)).toBe(1);
	expect((await database.prisma.inbox.findMany()).map((row) => row.eventId)).toEqual(['young']);
});

test('pruning deletes all older entries in batches', async () => {
	await database.prisma.inbox.createMany({
		data: Array.from({ length: 10_001 }, (_, index) => ({
			eventId: `old-${index}`,
			consumer: 'many',
			receivedAt: new Date(0),
		})),
	});
	expect(await pruneInbox(database.prisma)).toBe(10_001);
});
