import { jobProgressed } from '@creatorr/contracts/events';
import { claimJob, heartbeat as heartbeatOperation, returnJob } from '@creatorr/contracts/internal/jobs';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { readDispatchInput } from '../dispatch/dispatch-jobs.ts';
import { claimJob as claim } from './claim.sql.ts';
import { recordHeartbeat, recordProgress } from './heartbeat.sql.ts';
import { returnAttempt } from './return.sql.ts';

/** POST /internal/jobs/{id}/claim: a worker asks for a job. */
export function claimJobRoute(deps: Deps) {
	const input = { ...readDispatchInput(deps), leaseMs: deps.config.WORKER_LEASE_MS };
	return defineRoute(claimJob, async ({ params: { id: jobId }, body: { worker_id: workerId, storing } }) => {
		const response = await claim(deps.prisma, { ...input, jobId, workerId, storing });
		crashPoint('jobs.claim.committed');
		if (response.answer === 'granted' && response.preempted) {
			const { job_id } = response.preempted;
			deps.logger.info('job.preempted', { job_id, for_job_id: jobId, worker_id: workerId });
		}
		return { data: response };
	});
}

/** POST /internal/jobs/{id}/release: a worker returns a job unfinished. */
export function returnJobRoute({ prisma }: Deps) {
	return defineRoute(returnJob, async ({ params: { id: jobId }, body }) => {
		const { attempt, background, expected_seconds: expectedSeconds } = body;
		await returnAttempt(prisma, { jobId, attempt, background, expectedSeconds });
		crashPoint('jobs.return.committed');
	});
}

/** PUT /internal/workers/{id}: a worker's heartbeat. The response names the jobs that it has to stop. */
export function heartbeatRoute({ prisma, config, wakeDispatch }: Deps) {
	return defineRoute(heartbeatOperation, async ({ params: { id: workerId }, body: heartbeat }) => {
		const leaseMs = config.WORKER_LEASE_MS;
		const { renewedIds, capacityChanged } = await recordHeartbeat(prisma, { workerId, heartbeat, leaseMs });
		if (capacityChanged) wakeDispatch();
		const stop = heartbeat.running.map((job) => job.job_id).filter((id) => !renewedIds.has(id));
		return { data: { stop, beat_ms: config.WORKER_HEARTBEAT_MS } };
	});
}

/** A worker reports the progress of a job. */
export const onJobProgressed = defineConsumer({
	queue: QUEUES.jobsJobProgressed,
	definition: jobProgressed,
	prefetch: 20,
	handle: ({ prisma }: Deps, { data: { job_id: jobId, attempt, progress, progress_detail: detail } }) =>
		recordProgress(prisma, { jobId, attempt, progress, detail }),
});
