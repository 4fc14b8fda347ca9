import type { PrismaClient } from '../generated/client.ts';

/** Counting goes no further, so that asking stays cheap however long the backlog is. */
const COUNTED_AT_MOST = 10_000;

interface Backlog {
	due: number;
	oldestDueAt: Date | null;
	oldestUnclearedAt: Date | null;
	planChanges: number;
}

/** What retention has still to do. */
export async function readBacklog(prisma: PrismaClient): Promise<Backlog> {
	const [backlog] = await prisma.$queryRaw<Backlog[]>`
		SELECT
			(SELECT count(*)::int FROM (SELECT 1 FROM files WHERE sweep_at <= now() LIMIT ${COUNTED_AT_MOST}) AS due) AS due,
			(SELECT min(sweep_at) FROM files WHERE sweep_at <= now()) AS "oldestDueAt",
			(SELECT min(deleted_at) FROM files WHERE deleted_at IS NOT NULL AND cleared_at IS NULL) AS "oldestUnclearedAt",
			(SELECT count(*)::int FROM plan_changes) AS "planChanges"`;
	return backlog ?? { due: 0, oldestDueAt: null, oldestUnclearedAt: null, planChanges: 0 };
}

/** What retention has done and what it has still to do, for operators. */
export async function readRetention(prisma: PrismaClient): Promise<object> {
	const backlog = await readBacklog(prisma);
	const chores = await prisma.chore.findMany({ orderBy: { name: 'asc' } });
	return {
		files_due: backlog.due,
		files_due_are_counted_up_to: COUNTED_AT_MOST,
		oldest_due_at: backlog.oldestDueAt,
		// Deleted, and its bytes were not removed even once.
		oldest_undeleted_at: backlog.oldestUnclearedAt,
		plan_changes_under_way: backlog.planChanges,
		chores: Object.fromEntries(chores.map((chore) => [chore.name, describe(chore)])),
	};
}

type ChoreRow = Awaited<ReturnType<PrismaClient['chore']['findMany']>>[number];

function describe(chore: ChoreRow): object {
	return {
		last_run: chore.lastEndedAt && {
			begun_at: chore.lastBegunAt,
			ended_at: chore.lastEndedAt,
			counts: chore.lastCounts,
		},
		totals: chore.totals,
		running: chore.begunAt && { begun_at: chore.begunAt, position: chore.position, counts: chore.counts },
		next_due_at: chore.dueAt,
		failure: chore.failure && { at: chore.failedAt, message: chore.failure },
	};
}
