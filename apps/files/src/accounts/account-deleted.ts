import { accountDeleted } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Deps } from '../deps.ts';
import { deleteAccount } from './delete-account.sql.ts';

const CONCURRENT_ACCOUNTS = 4;

interface AccountDeletedDeps extends Pick<Deps, 'prisma' | 'logger'> {
	wakeEraseAccounts(): void;
}

/** Deletes an account. A task erases its files, so that a large account delays no other one. */
export const onAccountDeleted = defineConsumer({
	queue: QUEUES.filesAccountDeleted,
	definition: accountDeleted,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ prisma, wakeEraseAccounts, logger }: AccountDeletedDeps, event) {
		await deleteAccount(prisma, { eventId: event.id, userId: event.data.user_id });
		crashPoint('files.delete-account.committed');
		wakeEraseAccounts();
		logger.info('account.deleted', { user_id: event.data.user_id });
	},
});
