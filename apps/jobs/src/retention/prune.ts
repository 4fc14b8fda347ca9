import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { prune } from './prune.sql.ts';

const EVERY_MS = 10 * 60_000;

/** Deletes rows past their retention period. */
export const pruneJobs = defineTask<Deps>({
	name: 'prune_jobs',
	everyMs: EVERY_MS,
	async run({ prisma, config, logger }) {
		const removed = await prune(prisma, {
			jobRetentionDays: config.JOB_RETENTION_DAYS,
			idempotencyKeyHours: config.IDEMPOTENCY_KEY_TTL_HOURS,
		});
		if (Object.values(removed).some((count) => count > 0)) logger.info('jobs.pruned', removed);
	},
});
