import { accountDeleted } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import type { CustomerStore } from '../domain/stores.ts';

interface AccountDeletedDeps {
	broker: Broker;
	customers: Pick<CustomerStore, 'markDeleted'>;
	wakeSync(): void;
	logger: Logger;
}

const ACCOUNTS_AT_ONCE = 4;

/** Has the subscriptions of accounts that were deleted ended, and the person forgotten, at Stripe too. */
export function consumeAccountDeleted({ broker, customers, wakeSync, logger }: AccountDeletedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.billingAccountDeleted,
		definition: accountDeleted,
		prefetch: ACCOUNTS_AT_ONCE,
		logger,
		async handle(event) {
			await customers.markDeleted(event.data.user_id);
			wakeSync();
		},
	});
}
