import { accountVerified } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Deps } from '../deps.ts';
import { markVerified } from './accounts.sql.ts';

const CONCURRENT_ACCOUNTS = 4;

/** Raises the storage limit of a user with a verified email to the plan's. */
export const onAccountVerified = defineConsumer({
	queue: QUEUES.filesAccountVerified,
	definition: accountVerified,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ prisma, logger }: Pick<Deps, 'prisma' | 'logger'>, { data }) {
		await markVerified(prisma, data.user_id);
		logger.info('account.verified', { user_id: data.user_id });
	},
});
