import { jobProgressed } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';

interface ProgressDeps {
	applyProgress(progress: { jobId: string; attempt: number; progress: number }): Promise<void>;
}

const PREFETCH = 20;

export function consumeJobProgressed(broker: Broker, logger: Logger, deps: ProgressDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.jobsJobProgressed,
		definition: jobProgressed,
		prefetch: PREFETCH,
		logger,
		handle: ({ data }) =>
			deps.applyProgress({ jobId: data.job_id, attempt: data.attempt, progress: data.progress }),
	});
}
