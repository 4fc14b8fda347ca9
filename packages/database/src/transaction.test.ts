import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { afterCommit } from './after-commit.ts';
import { sqlState } from './sql-state.ts';
import { createFixtureDatabase, type FixtureDatabase } from './testing/database.ts';
import { inTransaction } from './transaction.ts';

let database: FixtureDatabase;

beforeAll(async () => {
	database = await createFixtureDatabase();
});

afterAll(async () => {
	await database.drop();
});

beforeEach(async () => {
	await database.prisma.counter.deleteMany();
	await database.prisma.counter.createMany({
		data: [
			{ name: 'left', value: 1 },
			{ name: 'right', value: 1 },
		],
	});
});

/** Resolves the first two calls when both were made, and every later call at once. */
function meetingPoint(): () => Promise<void> {
	const both = Promise.withResolvers<void>();
	let calls = 0;
	return async () => {
		calls += 1;
		if (calls === 2) both.resolve();
		await both.promise;
	};
}

async function values(): Promise<number[]> {
	const counters = await database.prisma.counter.findMany({ orderBy: { name: 'asc' } });
	return counters.map((counter) => counter.value);
}

test('two transactions that deadlock both succeed', async () => {
	const meet = meetingPoint();
	const increment = (first: string, second: string) =>
		inTransaction(database.prisma, async (tx) => {
			await tx.counter.update({ where: { name: first }, data: { value: { increment: 1 } } });
			await meet();
			await tx.counter.update({ where: { name: second }, data: { value: { increment: 1 } } });
		});
	await Promise.all([increment('left', 'right'), increment('right', 'left')]);
	expect(await values()).toEqual([3, 3]);
});

test('two raw statements that deadlock both succeed', async () => {
	const meet = meetingPoint();
	const increment = (first: string, second: string) =>
		inTransaction(database.prisma, async (tx) => {
			await tx.$executeRaw`UPDATE counter SET value = value + 1 WHERE name = ${first}`;
			await meet();
			await tx.$executeRaw`UPDATE counter SET value = value + 1 WHERE name = ${second}`;
		});
	await Promise.all([increment('left', 'right'), increment('right', 'left')]);
	expect(await values()).toEqual([3, 3]);
});

test('conflicting serializable transactions succeed as if they ran one after the other', async () => {
	const meet = meetingPoint();
	const storeSum = (name: string) =>
		inTransaction(
			database.prisma,
			async (tx) => {
				const { _sum } = await tx.counter.aggregate({ _sum: { value: true } });
				await meet();
				await tx.counter.update({ where: { name }, data: { value: _sum.value ?? 0 } });
			},
			{ isolationLevel: 'Serializable' },
		);
	await Promise.all([storeSum('left'), storeSum('right')]);
	expect((await values()).sort()).toEqual([2, 3]);
});

test('another error rolls back, and is thrown unchanged and without a retry', async () => {
	let runs = 0;
	const failure = inTransaction(database.prisma, async (tx) => {
		runs += 1;
		await tx.counter.update({ where: { name: 'left' }, data: { value: 100 } });
		throw new Error('no');
	});
	await expect(failure).rejects.toThrow('no');
	expect(runs).toBe(1);
	expect(await values()).toEqual([1, 1]);
});

test('a permanent conflict fails after a few retries', async () => {
	let runs = 0;
	const failure = inTransaction(database.prisma, async (tx) => {
		runs += 1;
		await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$`;
	});
	await expect(failure).rejects.toThrow('again');
	expect(runs).toBe(5);
});

test('sqlState finds the code within Prisma’s error', async () => {
	const raw = await database.prisma.$executeRaw`SELECT 1 / 0`.catch((error: unknown) => error);
	const typed = await database.prisma.counter
		.create({ data: { name: 'left', value: 0 } })
		.catch((error: unknown) => error);
	expect([sqlState(raw), sqlState(typed), sqlState(new Error('x')), sqlState(null)]).toEqual([
		'22012',
		'23505',
		undefined,
		undefined,
	]);
});

test('an effect of afterCommit runs once, and not after a rollback', async () => {
	const happened: string[] = [];
	await inTransaction(database.prisma, async (tx) => {
		afterCommit(tx, () => happened.push('committed'));
		expect(happened).toEqual([]);
	});
	const rolledBack = inTransaction(database.prisma, async (tx) => {
		afterCommit(tx, () => happened.push('rolled back'));
		throw new Error('no');
	});
	await expect(rolledBack).rejects.toThrow('no');
	expect(happened).toEqual(['committed']);
});

test('afterCommit throws for another kind of transaction', async () => {
	await database.prisma.$transaction(async (tx) => {
		expect(() => afterCommit(tx, () => undefined)).toThrow('not begun by inTransaction');
	});
});
