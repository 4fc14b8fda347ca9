import type { Database } from '../files.sql.ts';
import type { ScheduledTask } from '../generated/client.ts';

/** Counting stops here, so that a long backlog costs little to count. */
const MAX_COUNT = 10_000;

interface Backlog {
	due: number;
	oldestDueAt: Date | null;
	oldestUnclearedAt: Date | null;
	planChanges: number;
	accountDeletions: number;
}

async function readBacklog(prisma: Database): Promise<Backlog> {
	const [backlog] = await prisma.$queryRaw<Backlog[]>`
		SELECT
			(SELECT count(*)::int FROM (SELECT 1 FROM files WHERE sweep_at <= now() LIMIT ${MAX_COUNT}) AS due) AS due,
			(SELECT min(sweep_at) FROM files WHERE sweep_at <= now()) AS "oldestDueAt",
			(SELECT min(deleted_at) FROM files WHERE deleted_at IS NOT NULL AND cleared_at IS NULL) AS "oldestUnclearedAt",
			(SELECT count(*)::int FROM plan_changes) AS "planChanges",
			(SELECT count(*)::int FROM account_deletions) AS "accountDeletions"`;
	return (
		backlog ?? { due: 0, oldestDueAt: null, oldestUnclearedAt: null, planChanges: 0, accountDeletions: 0 }
	);
}

/** Returns what retention has done and what is due, for operators. */
export async function readRetention(prisma: Database): Promise<object> {
	const backlog = await readBacklog(prisma);
	const tasks = await prisma.scheduledTask.findMany({ orderBy: { name: 'asc' } });
	return {
		files_due: backlog.due,
		files_due_are_counted_up_to: MAX_COUNT,
		oldest_due_at: backlog.oldestDueAt,
		// The oldest deletion whose bytes were not removed even once.
		oldest_undeleted_at: backlog.oldestUnclearedAt,
		plan_changes_under_way: backlog.planChanges,
		account_deletions_under_way: backlog.accountDeletions,
		chores: Object.fromEntries(tasks.map((task) => [task.name, describe(task)])),
	};
}

function describe(task: ScheduledTask): object {
	return {
		last_run: task.lastEndedAt && {
			begun_at: task.lastBegunAt,
			ended_at: task.lastEndedAt,
			counts: task.lastCounts,
		},
		totals: task.totals,
		running: task.begunAt && { begun_at: task.begunAt, position: task.position, counts: task.counts },
		next_due_at: task.dueAt,
		failure: task.failure && { at: task.failedAt, message: task.failure },
	};
}

export interface Schedule {
	due: number;
	/** Age of the oldest file that is due, or deleted with its bytes still stored. A failed removal moves the due date, which alone would hide it. */
	oldestDueAgeSeconds: number;
	/** By task; without those that have never ended. */
	successAgeSeconds: ReadonlyMap<string, number>;
}

/** Returns what is due and when each task last ended, by the database's clock. */
export async function readSchedule(prisma: Database): Promise<Schedule> {
	const { due, oldestDueAt, oldestUnclearedAt } = await readBacklog(prisma);
	const rows = await prisma.$queryRaw<{ name: string; seconds: number }[]>`
		SELECT name, extract(epoch FROM now() - last_ended_at)::float8 AS seconds
		FROM chores WHERE last_ended_at IS NOT NULL`;
	return {
		due,
		oldestDueAgeSeconds: Math.max(ageSeconds(oldestDueAt), ageSeconds(oldestUnclearedAt)),
		successAgeSeconds: new Map(rows.map(({ name, seconds }) => [name, seconds])),
	};
}

function ageSeconds(date: Date | null): number {
	return date ? (Date.now() - date.getTime()) / 1_000 : 0;
}

export interface Stored {
	files: number;
	bytes: number;
}

/** Returns what all users store together, without pending uploads. Reads the whole table. */
export async function readStored(prisma: Database): Promise<Stored> {
	const rows = await prisma.$queryRaw<Stored[]>`
		SELECT count(*)::int AS files, coalesce(sum(size_bytes), 0)::float8 AS bytes
		FROM files WHERE status = 'ready' AND deleted_at IS NULL`;
	return rows[0] ?? { files: 0, bytes: 0 };
}
