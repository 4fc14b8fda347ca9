import { crashPoint } from '@creatorr/service/crash-point';
import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { type DispatchInput, dispatchWaitingJobs } from './dispatch-jobs.sql.ts';
import { dispatchPreemptingJob } from './preempt-job.sql.ts';

/**
 * Finds what becomes dispatchable with time: deferred and unclaimed jobs, those of a new day's quota. Also jobs whose process died between its
 * commit and its wake.
 */
const POLL_MS = 2_000;
/** For each tool, one job more than its free slots waits at the broker. A larger margin would delay other users by more than one job. */
const MARGIN = 1;
const UNCLAIMED_AFTER_MS = 60_000;
const PREEMPT_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;

/**
 * Requests workers for waiting jobs. Each process wakes its own task after each of its own commits: if every commit notified all
 * replicas, they would do the same work one after the other.
 */
export const dispatchJobs = defineTask<Deps>({
	name: 'dispatch_jobs',
	everyMs: POLL_MS,
	async run(deps) {
		const dispatched = await dispatchWaitingJobs(deps.prisma, readDispatchInput(deps));
		if (dispatched === 0) return;
		crashPoint('jobs.dispatch.committed');
		deps.logger.debug('jobs.dispatched', { count: dispatched });
	},
});

/** Dispatches a job that has waited too long for a background slot. The worker that claims it preempts another job. */
export const preemptJobs = defineTask<Deps>({
	name: 'preempt_jobs',
	everyMs: PREEMPT_EVERY_MS,
	async run(deps) {
		await dispatchPreemptingJob(deps.prisma, readDispatchInput(deps));
	},
});

/** Returns the settings that decide which jobs are dispatched or preempted. */
export function readDispatchInput({ config, catalog }: Pick<Deps, 'config' | 'catalog'>): DispatchInput {
	return {
		tools: [...catalog.keys()],
		plans: config.PLANS,
		unverifiedActiveJobs: config.UNVERIFIED_ACTIVE_JOBS,
		starvationTimeoutMs: config.STARVATION_TIMEOUT_MINUTES * MINUTE_MS,
		deferralMs: config.WORKER_HEARTBEAT_MS,
		margin: MARGIN,
		workerLifetimeMs: config.WORKER_LEASE_MS,
		unclaimedAfterMs: UNCLAIMED_AFTER_MS,
	};
}
