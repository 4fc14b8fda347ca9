import { IS_DISPATCHABLE, IS_IN_FLIGHT } from './dispatch-state.ts';
import type { PrismaClient } from './prisma.ts';

/** The work of one tool that is not done. */
export interface Backlog {
	tool: string;
	/** Not started yet, whether a worker was asked for it or not, or deferred until a background slot is free. */
	queued: number;
	/** With a worker. */
	running: number;
	/** Since the oldest of the queued ones was created. */
	oldestSeconds: number;
}

/** By tool; one without any such job is absent. Reads the indexes of what waits and of what is in flight, and nothing that has ended. */
export async function readBacklog(prisma: PrismaClient): Promise<Backlog[]> {
	return await prisma.$queryRaw<Backlog[]>`
		WITH unfinished AS (
			SELECT tool, 'queued' AS status, created_at FROM jobs
			WHERE ${IS_DISPATCHABLE}
			UNION ALL
			SELECT tool, status::text, created_at FROM jobs
			WHERE ${IS_IN_FLIGHT}
		)
		SELECT tool,
			count(*) FILTER (WHERE status = 'queued')::int AS queued,
			count(*) FILTER (WHERE status = 'running')::int AS running,
			extract(epoch FROM coalesce(now() - min(created_at) FILTER (WHERE status = 'queued'), '0'))::float
				AS "oldestSeconds"
		FROM unfinished GROUP BY tool`;
}
