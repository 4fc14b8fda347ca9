import { ping } from '@creatorr/database/ping';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { discardOutputsInBackground } from '../files-client.ts';
import { loseExpiredAttempts } from './lose.sql.ts';

const EVERY_MS = 1_000;

/** Marks attempts as lost whose worker sent no heartbeat for a whole lease. */
export const expireLeases = defineTask<Deps>({
	name: 'expire_leases',
	everyMs: EVERY_MS,
	async run(deps) {
		// Throws while the database is down, so that the lease grace notices the gap.
		await ping(deps.prisma);
		if (!deps.mayExpireLeases(performance.now())) return;
		const lost = await loseExpiredAttempts(deps.prisma);
		if (lost.length === 0) return;
		crashPoint('jobs.expire.committed');
		for (const { jobId, attempt, workerId, failed } of lost) {
			deps.logger.warn('job.attempt_lost', { job_id: jobId, attempt, worker_id: workerId, failed });
		}
		deps.wakeDispatch();
		const failedIds = lost.filter(({ failed }) => failed).map(({ jobId }) => jobId);
		discardOutputsInBackground(deps, failedIds);
	},
});
