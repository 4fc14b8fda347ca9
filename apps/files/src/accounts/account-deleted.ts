import { accountDeleted } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Deps } from '../deps.ts';
import { deleteAccount } from './accounts.sql.ts';

const CONCURRENT_ACCOUNTS = 4;

/** Deletes the files of a deleted account. */
export const onAccountDeleted = defineConsumer({
	queue: QUEUES.filesAccountDeleted,
	definition: accountDeleted,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ prisma, logger }: Pick<Deps, 'prisma' | 'logger'>, event) {
		await deleteAccount(prisma, { eventId: event.id, userId: event.data.user_id });
		logger.info('account.files_deleted', { user_id: event.data.user_id });
	},
});
