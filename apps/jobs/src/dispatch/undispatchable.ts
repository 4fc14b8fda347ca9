import { jobRequested } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { discardOutputsInBackground } from '../files-client.ts';
import { failDeadLettered, failOrphans } from './undispatchable.sql.ts';

const EVERY_MS = 10 * 60_000;
/** Longer than a rolling update of all replicas. */
const TOOL_REMOVED_AFTER_MS = 60 * 60_000;

/** Fails jobs whose tool was removed, which would wait forever. */
export const failOrphanedJobs = defineTask<Deps>({
	name: 'fail_orphaned_jobs',
	everyMs: EVERY_MS,
	async run(deps) {
		const failed = await failOrphans(deps.prisma, {
			tools: [...deps.catalog.keys()],
			workerLifetimeMs: deps.config.WORKER_LEASE_MS,
			graceMs: TOOL_REMOVED_AFTER_MS,
		});
		if (failed.length === 0) return;
		deps.logger.warn('jobs.tool_missing', { failed: failed.length });
		deps.wakeDispatch();
		discardOutputsInBackground(deps, failed);
	},
});

/** Fails jobs whose request was dead-lettered. The messages stay in the dead-letter queue of operators. */
export const onDeadLetteredRequest = defineConsumer({
	queue: QUEUES.jobsDeadLetters,
	definition: jobRequested,
	prefetch: 5,
	async handle(deps: Deps, { data }) {
		const failed = await failDeadLettered(deps.prisma, data.job_id);
		deps.logger.error('job.undeliverable', { job_id: data.job_id, failed });
		if (!failed) return;
		deps.wakeDispatch();
		discardOutputsInBackground(deps, [data.job_id]);
	},
});
