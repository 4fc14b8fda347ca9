import { accountVerified } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';

interface AccountVerifiedDeps {
	broker: Broker;
	markVerified(userId: string): Promise<void>;
	logger: Logger;
}

const ACCOUNTS_AT_ONCE = 4;

/** Gives a user the plan's full storage. */
export function consumeAccountVerified({ broker, markVerified, logger }: AccountVerifiedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.filesAccountVerified,
		definition: accountVerified,
		prefetch: ACCOUNTS_AT_ONCE,
		logger,
		async handle({ data }) {
			await markVerified(data.user_id);
			logger.info('account.verified', { user_id: data.user_id });
		},
	});
}
