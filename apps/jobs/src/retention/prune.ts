import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { prune, pruneBeyondCount } from './prune.sql.ts';

const EVERY_MS = 10 * 60_000;
/** Only users who created a job in this period can have more jobs than at an earlier run. Longer than a deployment. */
const RECENT_MS = 60 * 60_000;

/** Deletes rows past their retention period, and the oldest ended jobs of users with too many. */
export const pruneJobs = defineTask<Deps>({
	name: 'prune_jobs',
	everyMs: EVERY_MS,
	async run({ prisma, config, logger }) {
		const removed = await prune(prisma, {
			jobRetentionDays: config.JOB_RETENTION_DAYS,
			idempotencyKeyHours: config.IDEMPOTENCY_KEY_TTL_HOURS,
		});
		removed.jobs += await pruneBeyondCount(prisma, {
			keptJobs: config.MAX_KEPT_JOBS,
			since: new Date(Date.now() - RECENT_MS),
		});
		if (Object.values(removed).some((count) => count > 0)) logger.info('jobs.pruned', removed);
	},
});
