import { inTransaction } from '@creatorr/database/transaction';
import type { FailureCounter } from '../domain/failure-counter.ts';
import type { FailureStore } from '../domain/login-throttle.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';

async function databaseNow(prisma: Prisma.TransactionClient): Promise<Date> {
	const [row] = await prisma.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp()::timestamptz(3) AS now`;
	if (!row) throw new Error('the database has no clock');
	return row.now;
}

/** Locks the counters, those without failures too; always in the same order, so that two attempts never wait for each other. */
async function lockCounters(
	tx: Prisma.TransactionClient,
	keys: readonly string[],
): Promise<FailureCounter[]> {
	const sorted = keys.toSorted();
	await tx.$executeRaw`
		INSERT INTO login_failures (key, failures, last_failed_at)
		SELECT key, 0, now() FROM unnest(${sorted}::text[]) AS key ON CONFLICT DO NOTHING`;
	return await tx.$queryRaw<FailureCounter[]>`
		SELECT key, failures, last_failed_at AS "lastFailedAt" FROM login_failures
		WHERE key = ANY(${sorted}::text[]) ORDER BY key FOR UPDATE`;
}

export function createFailureStore(prisma: PrismaClient): FailureStore {
	return {
		async read(keys) {
			const now = await databaseNow(prisma);
			const rows = await prisma.loginFailure.findMany({ where: { key: { in: [...keys] } } });
			return { counters: new Map(rows.map((row) => [row.key, row])), now };
		},
		update: (keys, change) =>
			inTransaction(prisma, async (tx) => {
				const counters = await lockCounters(tx, keys);
				const now = await databaseNow(tx);
				for (const counter of counters) {
					const { key, ...data } = change(counter, now);
					await tx.loginFailure.update({ where: { key }, data });
				}
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
