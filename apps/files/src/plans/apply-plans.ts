import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { applyNextBatch } from './plans.sql.ts';

/** Applies changes of plan to the files that no request has read since. Any number of processes may do so at the same time. */
export const applyPlans = defineTask<Deps>({
	name: 'plans',
	everyMs: ({ policy }) => policy.sweepIntervalMs,
	async run(deps, stopping) {
		let applied = 0;
		let batch = await applyNextBatch(deps);
		while (batch !== null) {
			applied += batch;
			batch = stopping.aborted ? null : await applyNextBatch(deps);
		}
		if (applied > 0) deps.logger.info('plans.applied', { files: applied });
	},
});
