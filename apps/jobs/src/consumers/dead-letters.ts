import { jobRequested } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';

interface DeadLetterDeps {
	/** False when the job has ended or is with a worker all the same. */
	failUndeliverable(jobId: string): Promise<boolean>;
	wakeScheduler(): void;
}

const PREFETCH = 5;

/** Ends the jobs whose requests no worker could take; the letters themselves stay in the broker for operators. */
export function consumeDeadLetters(broker: Broker, logger: Logger, deps: DeadLetterDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.jobsDeadLetters,
		definition: jobRequested,
		prefetch: PREFETCH,
		logger,
		async handle({ data }) {
			const failed = await deps.failUndeliverable(data.job_id);
			logger.error('job.undeliverable', { job_id: data.job_id, failed });
			if (failed) deps.wakeScheduler();
		},
	});
}
