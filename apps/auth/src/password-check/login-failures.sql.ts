import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';
import type { FailureCounter } from './failure-counter.ts';

interface ReadRow extends FailureCounter {
	now: Date;
}

/** Returns the existing counters and the database's time, in one round trip. */
async function selectCounters(prisma: Tx, keys: readonly string[]) {
	const rows = await prisma.$queryRaw<ReadRow[]>`
		SELECT clock.now, key, failures, last_failed_at AS "lastFailedAt"
		FROM (SELECT clock_timestamp()::timestamptz(3) AS now) AS clock
		LEFT JOIN login_failures ON key = ANY(${keys}::text[])`;
	const counters = rows.filter(({ key }) => key !== null).map(({ now: _, ...counter }) => counter);
	return { counters, now: rows[0]?.now ?? new Date() };
}

/** Locks the counters, also those without failures, always in the same order, so that two attempts never deadlock. */
async function lockCounters(tx: Tx, keys: readonly string[]): Promise<void> {
	const sorted = keys.toSorted();
	await tx.$executeRaw`
		INSERT INTO login_failures (key, failures, last_failed_at)
		SELECT key, 0, now() FROM unnest(${sorted}::text[]) AS key ON CONFLICT DO NOTHING`;
	await tx.$queryRaw`
		SELECT 1 FROM login_failures WHERE key = ANY(${sorted}::text[]) ORDER BY key FOR UPDATE`;
}

/** Returns counters by key; a key without failures is absent. `now` is the database's clock, the same for all replicas. */
export async function readCounters(
	prisma: Database,
	keys: readonly string[],
): Promise<{ counters: ReadonlyMap<string, FailureCounter>; now: Date }> {
	const { counters, now } = await selectCounters(prisma, keys);
	return { counters: new Map(counters.map((counter) => [counter.key, counter])), now };
}

/**
 * Stores the result of `change` for each counter under a lock, and returns the previous counters. If `change` throws, nothing is changed. It
 * may be called again for the same counters.
 */
export function updateCounters(
	prisma: Database,
	keys: readonly string[],
	change: (counter: FailureCounter, now: Date) => FailureCounter,
): Promise<{ before: FailureCounter[]; now: Date }> {
	return inTransaction(prisma, async (tx) => {
		await lockCounters(tx, keys);
		const { counters: before, now } = await selectCounters(tx, keys);
		for (const counter of before) {
			const { key, ...data } = change(counter, now);
			await tx.loginFailure.update({ where: { key }, data });
		}
		return { before, now };
	});
}

/** Restores a counter unless it has changed since that time. */
export async function restoreCounter(
	prisma: Database,
	{ key, failures, lastFailedAt }: FailureCounter,
	since: Date,
): Promise<void> {
	await prisma.loginFailure.updateMany({
		where: { key, lastFailedAt: since },
		data: { failures, lastFailedAt },
	});
}

export async function deleteCounter(prisma: Database, key: string): Promise<void> {
	await prisma.loginFailure.deleteMany({ where: { key } });
}

/** Deletes counters whose failures are all forgiven. */
export const pruneLoginFailures = definePruneTask<{ prisma: Database }>(
	'prune_login_failures',
	({ prisma }) => prisma.$executeRaw`
		DELETE FROM login_failures WHERE last_failed_at + failures * interval '1 minute' < now()`,
);
