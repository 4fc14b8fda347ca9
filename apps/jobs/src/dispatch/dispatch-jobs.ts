import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { dispatchWaitingJobs } from './dispatch-jobs.sql.ts';

/** Finds jobs that a process left behind when it died between its commit and its wake. */
const SAFETY_POLL_MS = 2_000;
/** For each tool, one job more than its free slots waits at the broker. A larger margin would delay other users by more than one job. */
const MARGIN = 1;
const UNCLAIMED_AFTER_MS = 60_000;
const MINUTE_MS = 60_000;

/**
 * Requests workers for waiting jobs. Each process wakes its own task after each of its own commits: if every commit notified all
 * replicas, they would do the same work one after the other.
 */
export const dispatchJobs = defineTask<Deps>({
	name: 'dispatch_jobs',
	everyMs: SAFETY_POLL_MS,
	async run({ prisma, config, catalog, logger }) {
		const dispatched = await dispatchWaitingJobs(prisma, {
			tools: [...catalog.keys()],
			plans: config.PLANS,
			unverifiedActiveJobs: config.UNVERIFIED_ACTIVE_JOBS,
			starvationTimeoutMs: config.STARVATION_TIMEOUT_MINUTES * MINUTE_MS,
			deferralMs: config.WORKER_HEARTBEAT_MS,
			margin: MARGIN,
			workerLifetimeMs: config.WORKER_LEASE_MS,
			unclaimedAfterMs: UNCLAIMED_AFTER_MS,
		});
		if (dispatched === 0) return;
		crashPoint('jobs.dispatch.committed');
		logger.debug('jobs.dispatched', { count: dispatched });
	},
});
