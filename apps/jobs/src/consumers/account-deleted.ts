import { accountDeleted } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';

interface DeleteUserDeps {
	deleteUser(deletion: { eventId: string; userId: string; requestId: string }): Promise<void>;
	wakeScheduler(): void;
}

const PREFETCH = 2;

export function consumeAccountDeleted(broker: Broker, logger: Logger, deps: DeleteUserDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.jobsAccountDeleted,
		definition: accountDeleted,
		prefetch: PREFETCH,
		logger,
		async handle({ id, request_id, data }) {
			await deps.deleteUser({ eventId: id, userId: data.user_id, requestId: request_id });
			deps.wakeScheduler();
			logger.info('user.jobs_deleted', { user_id: data.user_id });
		},
	});
}
