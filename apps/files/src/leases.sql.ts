import { randomUUID } from 'node:crypto';
import type { Counts, Lease, LeaseStore } from '@creatorr/service/lease';
import type { Deps } from './deps.ts';
import type { Database } from './files.sql.ts';
import { Prisma } from './generated/client.ts';
import { countItems, countRun } from './operators/metrics.ts';

/**
 * The lease of every task that one process at a time runs. It is longer than the work between two checkpoints, even when every call to
 * the store times out.
 */
export const LEASE = { leaseMs: 15 * 60_000, retryMs: 15 * 60_000, store: createLeaseStore };

function inMs(ms: number): Prisma.Sql {
	return Prisma.sql`now() + ${ms} * interval '1 millisecond'`;
}

/** Inserts a task that is due at once. The column rounds to milliseconds, so the time is truncated: rounded up, it would be in the future. */
function insertTask(name: string): Prisma.Sql {
	return Prisma.sql`INSERT INTO chores (name, due_at) VALUES (${name}, date_trunc('milliseconds', now())) ON CONFLICT DO NOTHING`;
}

function addToTotals(counts: Prisma.Sql): Prisma.Sql {
	return Prisma.sql`totals || coalesce((
		SELECT jsonb_object_agg(key, coalesce((totals ->> key)::bigint, 0) + value::bigint)
		FROM jsonb_each_text(${counts})), '{}')`;
}

/**
 * Kind of objects that reconciliation counts: newer than the restored database, so that their rows are lost. This is its name in the stored
 * counts, the metric, its alert and the retention report.
 */
export const NEWER_THAN_DATABASE = 'newer_than_database';

/**
 * Returns the column with the new `lastStartedAt`. It doesn't advance while reconciliation finds objects that are newer than the database,
 * because the next run would take them for orphans and delete them.
 */
function lastStart({ [NEWER_THAN_DATABASE]: newerObjects = 0 }: Counts): Prisma.Sql {
	return newerObjects > 0 ? Prisma.sql`last_begun_at` : Prisma.sql`begun_at`;
}

const toJsonb = (counts: Counts) => Prisma.sql`${JSON.stringify(counts)}::jsonb`;
const isHeld = ({ task, token }: Lease) => Prisma.sql`name = ${task} AND lease_token = ${token}`;

/** Returns the leases in the table `chores`, which operators read too. Counts and logs how runs end. */
function createLeaseStore({ prisma, logger }: Pick<Deps, 'prisma' | 'logger'>): LeaseStore {
	return {
		async acquire(task, leaseMs) {
			await prisma.$executeRaw(insertTask(task));
			const token = randomUUID();
			const rows = await prisma.$queryRaw<Pick<Lease, 'position' | 'counts' | 'lastStartedAt'>[]>`
				UPDATE chores SET lease_token = ${token}, lease_until = ${inMs(leaseMs)}, begun_at = coalesce(begun_at, now())
				WHERE name = ${task} AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
				RETURNING position, counts, last_begun_at AS "lastStartedAt"`;
			const [row] = rows;
			return row ? { task, token, ...row } : null;
		},
		async renew(lease, leaseMs) {
			const renewed = await prisma.$executeRaw`
				UPDATE chores SET lease_until = ${inMs(leaseMs)}, position = ${lease.position}, counts = ${toJsonb(lease.counts)}
				WHERE ${isHeld(lease)}`;
			return renewed > 0;
		},
		async release(lease) {
			await prisma.$executeRaw`UPDATE chores SET lease_token = NULL, lease_until = NULL WHERE ${isHeld(lease)}`;
			countRun(lease.task, 'interrupted');
		},
		async finish(lease, { nextInMs }) {
			const counts = toJsonb(lease.counts);
			const ended = await prisma.$executeRaw`
				UPDATE chores SET lease_token = NULL, lease_until = NULL, due_at = ${inMs(nextInMs)},
					last_begun_at = ${lastStart(lease.counts)}, last_ended_at = now(), last_counts = ${counts}, totals = ${addToTotals(counts)},
					begun_at = NULL, position = '', counts = '{}', failed_at = NULL, failure = NULL
				WHERE ${isHeld(lease)}`;
			// The next holder continues from the last checkpoint and counts what this run has done until then.
			if (ended === 0) return countRun(lease.task, 'interrupted');
			countRun(lease.task, 'done');
			countItems(lease.task, lease.counts);
			logger.info(`${lease.task}.done`, { ...lease.counts });
		},
		async fail(lease, { failure, retryInMs }) {
			countRun(lease.task, 'failed');
			await prisma.$executeRaw`
				UPDATE chores SET lease_token = NULL, lease_until = NULL, due_at = ${inMs(retryInMs)},
					failed_at = now(), failure = ${failure}
				WHERE ${isHeld(lease)}`;
		},
	};
}

/** Records a run of a task without a lease, which any number of processes run. */
export async function reportRun(
	prisma: Database,
	task: string,
	{ startedAt, counts }: { startedAt: Date; counts: Counts },
): Promise<void> {
	await prisma.$executeRaw(insertTask(task));
	await prisma.$executeRaw`
		UPDATE chores SET last_begun_at = ${startedAt}, last_ended_at = now(), last_counts = ${toJsonb(counts)},
			totals = ${addToTotals(toJsonb(counts))}, failed_at = NULL, failure = NULL
		WHERE name = ${task}`;
}

/** Records a failed run of a task without a lease, until a run of any process succeeds. */
export async function reportFailure(prisma: Database, task: string, error: unknown): Promise<void> {
	const failure = error instanceof Error ? error.message : String(error);
	await prisma.$executeRaw(insertTask(task));
	await prisma.$executeRaw`UPDATE chores SET failed_at = now(), failure = ${failure} WHERE name = ${task}`;
}
