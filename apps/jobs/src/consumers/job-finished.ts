import { jobFinished } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import { boundOutcome } from '../domain/bound-outcome.ts';
import { type FinishDeps, finishAttempt } from '../domain/finish-attempt.ts';

/** Many, as each waits for files and holds its attempt only once it is taken from the queue. */
const PREFETCH = 50;

export function consumeJobFinished(broker: Broker, logger: Logger, deps: FinishDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.jobsJobFinished,
		definition: jobFinished,
		prefetch: PREFETCH,
		logger,
		async handle({ id, data }) {
			await finishAttempt(deps, {
				eventId: id,
				jobId: data.job_id,
				attempt: data.attempt,
				outcome: boundOutcome(data.outcome),
				computeMs: data.compute_ms,
			});
			logger.info('job.outcome_handled', {
				job_id: data.job_id,
				attempt: data.attempt,
				outcome: data.outcome.status,
			});
		},
	});
}
