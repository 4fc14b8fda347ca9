import { accountSuspended, accountUnsuspended, accountVerified } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Deps } from '../deps.ts';
import { disableUnverified, setSuspended } from './account-states.sql.ts';

/** Disables the endpoints of a suspended account, so that nothing more is sent. */
export const onAccountSuspended = defineConsumer({
	queue: QUEUES.webhooksAccountSuspended,
	definition: accountSuspended,
	prefetch: 2,
	async handle({ prisma, logger }: Deps, { occurred_at, data: { user_id: userId } }) {
		await setSuspended(prisma, { userId, suspended: true, changedAt: new Date(occurred_at) });
		logger.info('account.suspended', { user_id: userId });
	},
});

/** Enables the endpoints that a suspension has disabled. */
export const onAccountUnsuspended = defineConsumer({
	queue: QUEUES.webhooksAccountUnsuspended,
	definition: accountUnsuspended,
	prefetch: 2,
	async handle({ prisma, logger }: Deps, { occurred_at, data: { user_id: userId } }) {
		await setSuspended(prisma, { userId, suspended: false, changedAt: new Date(occurred_at) });
		logger.info('account.unsuspended', { user_id: userId });
	},
});

/** Disables endpoints from before the verification of the email: perhaps someone else registered with it. */
export const onAccountVerified = defineConsumer({
	queue: QUEUES.webhooksAccountVerified,
	definition: accountVerified,
	prefetch: 2,
	async handle({ prisma, logger }: Deps, { data: { user_id: userId, verified_at: verifiedAt } }) {
		if (verifiedAt !== undefined)
			await disableUnverified(prisma, { userId, verifiedAt: new Date(verifiedAt) });
		logger.info('account.verified', { user_id: userId });
	},
});
