import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { discardOutputsInBackground } from '../files-client.ts';
import { failJobsOverQuota } from './fail-jobs-over-quota.sql.ts';

const EVERY_MS = 5_000;

/** Ends jobs of users who use far more than their compute quota. Their workers stop them after the next heartbeat. */
export const enforceComputeQuota = defineTask<Deps>({
	name: 'enforce_compute_quota',
	everyMs: EVERY_MS,
	async run(deps) {
		const failed = await failJobsOverQuota(deps.prisma, deps.config.PLANS);
		if (failed.length === 0) return;
		deps.logger.info('jobs.over_quota', { job_ids: failed });
		deps.wakeDispatch();
		discardOutputsInBackground(deps, failed);
	},
});
