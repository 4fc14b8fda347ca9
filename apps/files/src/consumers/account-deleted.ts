import { accountDeleted } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';

interface AccountDeletedDeps {
	broker: Broker;
	/** Deletes the account's files, once an event. */
	deleteAccount(event: { id: string; userId: string }): Promise<void>;
	logger: Logger;
}

const ACCOUNTS_AT_ONCE = 4;

/** Deletes the files of accounts that were deleted. */
export function consumeAccountDeleted({ broker, deleteAccount, logger }: AccountDeletedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.filesAccountDeleted,
		definition: accountDeleted,
		prefetch: ACCOUNTS_AT_ONCE,
		logger,
		async handle(event) {
			await deleteAccount({ id: event.id, userId: event.data.user_id });
			logger.info('account.files_deleted', { user_id: event.data.user_id });
		},
	});
}
