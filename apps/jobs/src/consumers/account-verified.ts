import { accountVerified } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';

interface AccountVerifiedDeps {
	markVerified(userId: string): Promise<void>;
	wakeScheduler(): void;
}

const PREFETCH = 4;

/** Gives a user the plan's full limit of active jobs. */
export function consumeAccountVerified(broker: Broker, logger: Logger, deps: AccountVerifiedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.jobsAccountVerified,
		definition: accountVerified,
		prefetch: PREFETCH,
		logger,
		async handle({ data }) {
			await deps.markVerified(data.user_id);
			deps.wakeScheduler();
			logger.info('user.verified', { user_id: data.user_id });
		},
	});
}
