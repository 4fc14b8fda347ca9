import type { Database } from '../database.sql.ts';
import { IS_ACTIVE, IS_DISPATCHABLE } from '../lifecycle/dispatch-state.sql.ts';

/** The unfinished jobs of one tool. */
export interface Backlog {
	tool: string;
	/** Not started yet, dispatched or not. Also jobs that are deferred until a background slot is free: the API shows them as running. */
	queued: number;
	/** Jobs that a worker runs, or whose attempt was lost or returned and that wait for another worker. */
	running: number;
	/** Age of the oldest queued job; 0 without one. */
	oldestSeconds: number;
}

/** Returns the backlog by tool. A tool without unfinished jobs is absent. Reads partial indexes and no job that has ended. */
export async function readBacklog(prisma: Database): Promise<Backlog[]> {
	return await prisma.$queryRaw<Backlog[]>`
		WITH unfinished AS (
			SELECT tool, 'queued' AS status, created_at FROM jobs
			WHERE ${IS_DISPATCHABLE}
			UNION ALL
			SELECT tool, status::text, created_at FROM jobs
			WHERE ${IS_ACTIVE}
		)
		SELECT tool,
			count(*) FILTER (WHERE status = 'queued')::int AS queued,
			count(*) FILTER (WHERE status = 'running')::int AS running,
			extract(epoch FROM coalesce(now() - min(created_at) FILTER (WHERE status = 'queued'), '0'))::float
				AS "oldestSeconds"
		FROM unfinished GROUP BY tool`;
}
