import { inTransaction } from '@creatorr/database/transaction';
import type { FailureCounter } from '../domain/failure-counter.ts';
import type { FailureStore } from '../domain/login-throttle.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';

interface ReadRow extends FailureCounter {
	now: Date;
}

/** The counters that exist, and the database's time, in one round trip. */
async function readCounters(prisma: Prisma.TransactionClient, keys: readonly string[]) {
	const rows = await prisma.$queryRaw<ReadRow[]>`
		SELECT clock.now, key, failures, last_failed_at AS "lastFailedAt"
		FROM (SELECT clock_timestamp()::timestamptz(3) AS now) AS clock
		LEFT JOIN login_failures ON key = ANY(${keys}::text[])`;
	const counters = rows.filter(({ key }) => key !== null).map(({ now: _, ...counter }) => counter);
	return { counters, now: rows[0]?.now ?? new Date() };
}

/** Locks the counters, those without failures too; always in the same order, so that two attempts never wait for each other. */
async function lockCounters(tx: Prisma.TransactionClient, keys: readonly string[]): Promise<void> {
	const sorted = keys.toSorted();
	await tx.$executeRaw`
		INSERT INTO login_failures (key, failures, last_failed_at)
		SELECT key, 0, now() FROM unnest(${sorted}::text[]) AS key ON CONFLICT DO NOTHING`;
	await tx.$queryRaw`
		SELECT 1 FROM login_failures WHERE key = ANY(${sorted}::text[]) ORDER BY key FOR UPDATE`;
}

export function createFailureStore(prisma: PrismaClient): FailureStore {
	return {
		async read(keys) {
			const { counters, now } = await readCounters(prisma, keys);
			return { counters: new Map(counters.map((counter) => [counter.key, counter])), now };
		},
		update: (keys, change) =>
			inTransaction(prisma, async (tx) => {
				await lockCounters(tx, keys);
				const { counters: before, now } = await readCounters(tx, keys);
				for (const counter of before) {
					const { key, ...data } = change(counter, now);
					await tx.loginFailure.update({ where: { key }, data });
				}
				return { before, now };
			}),
		async restore({ key, failures, lastFailedAt }, since) {
			await prisma.loginFailure.updateMany({
				where: { key, lastFailedAt: since },
				data: { failures, lastFailedAt },
			});
		},
		async forget(key) {
			await prisma.loginFailure.deleteMany({ where: { key } });
		},
	};
}
