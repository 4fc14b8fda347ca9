import { accountDeleted, accountVerified, planChanged } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Deps } from '../deps.ts';
import { changePlan, markVerified } from './accounts.sql.ts';
import { deleteAccount } from './delete-account.sql.ts';

/** Applies a plan change to the user's limits and to the priority of the user's waiting jobs. */
export const onPlanChanged = defineConsumer({
	queue: QUEUES.jobsPlanChanged,
	definition: planChanged,
	prefetch: 4,
	async handle({ prisma, config, logger, wakeDispatch }: Deps, { data: { user_id: userId, plan, version } }) {
		const { priority } = config.PLANS[plan];
		const changed = await changePlan(prisma, { userId, plan, version, priority });
		if (changed) wakeDispatch();
		logger.info('account.plan_changed', { user_id: userId, plan, version, changed });
	},
});

/** Raises a user's limit of active jobs to the plan's. */
export const onAccountVerified = defineConsumer({
	queue: QUEUES.jobsAccountVerified,
	definition: accountVerified,
	prefetch: 4,
	async handle({ prisma, logger, wakeDispatch }: Deps, { data }) {
		await markVerified(prisma, data.user_id);
		wakeDispatch();
		logger.info('account.verified', { user_id: data.user_id });
	},
});

/**
 * Deletes an account and its unfinished jobs, and stops the running ones. The task `erase_accounts` deletes ended jobs and idempotency
 * keys, so that a large account delays no other one.
 */
export const onAccountDeleted = defineConsumer({
	queue: QUEUES.jobsAccountDeleted,
	definition: accountDeleted,
	prefetch: 2,
	async handle(deps: Deps, { id: eventId, request_id: requestId, data }) {
		const { prisma, logger, wakeDispatch, wakeEraseAccounts } = deps;
		await deleteAccount(prisma, { eventId, userId: data.user_id, requestId });
		crashPoint('jobs.delete-account.committed');
		wakeDispatch();
		wakeEraseAccounts();
		logger.info('account.deleted', { user_id: data.user_id });
	},
});
