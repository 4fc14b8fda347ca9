import { accountDeleted } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Customers } from './customers.sql.ts';

interface AccountDeletedDeps {
	customers: Pick<Customers, 'markDeleted'>;
	wakeSync(): void;
}

const CONCURRENT_ACCOUNTS = 4;

/** Cancels the subscriptions of a deleted account, and erases the customer here and in Stripe. */
export const onAccountDeleted = defineConsumer({
	queue: QUEUES.billingAccountDeleted,
	definition: accountDeleted,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ customers, wakeSync }: AccountDeletedDeps, event) {
		await customers.markDeleted(event.data.user_id);
		wakeSync();
	},
});
