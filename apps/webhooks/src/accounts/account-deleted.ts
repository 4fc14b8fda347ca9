import { accountDeleted } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Deps } from '../deps.ts';
import { deleteAccount } from './accounts.sql.ts';

/** Deletes the endpoints, events and deliveries of a user. */
export const onAccountDeleted = defineConsumer({
	queue: QUEUES.webhooksAccountDeleted,
	definition: accountDeleted,
	prefetch: 2,
	async handle({ prisma, logger }: Deps, { data }) {
		await deleteAccount(prisma, data.user_id);
		logger.info('account.webhooks_deleted', { user_id: data.user_id });
	},
});
