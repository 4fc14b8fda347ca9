import type { PrismaClient } from './prisma.ts';

export interface LivingWorker {
	id: string;
	/** How many jobs of each tool it runs at once. */
	slots: Record<string, number>;
	/** Since it was heard. */
	silentSeconds: number;
	/** The jobs that it has. */
	running: number;
}

/** The workers that are heard, by the lease that their jobs have. */
export async function readWorkers(prisma: PrismaClient, workerLifetimeMs: number): Promise<LivingWorker[]> {
	return await prisma.$queryRaw<LivingWorker[]>`
		WITH leased AS (
			SELECT worker_id, count(*)::int AS running FROM jobs
			WHERE status IN ('queued', 'running') AND released_at IS NOT NULL AND lease_expires_at IS NOT NULL
			GROUP BY worker_id
		)
		SELECT id, slots, extract(epoch FROM now() - seen_at)::float8 AS "silentSeconds",
			coalesce(leased.running, 0) AS running
		FROM workers LEFT JOIN leased ON leased.worker_id = workers.id
		WHERE seen_at > now() - make_interval(secs => ${workerLifetimeMs / 1000})
		ORDER BY id`;
}
