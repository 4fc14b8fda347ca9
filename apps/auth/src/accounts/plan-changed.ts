import { planChanged } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import type { Database } from '../database.sql.ts';
import { changePlan } from './accounts.sql.ts';

const CONCURRENT_ACCOUNTS = 4;

/** Stores the user's plan. */
export const onPlanChanged = defineConsumer({
	queue: QUEUES.authPlanChanged,
	definition: planChanged,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ prisma, logger }: { prisma: Database; logger: Logger }, { data }) {
		const { user_id, plan, version } = data;
		const changed = await changePlan(prisma, { userId: user_id, plan, version });
		logger.info('account.plan_changed', { user_id, plan, version, changed });
	},
});
