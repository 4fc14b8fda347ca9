import { planChanged } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import type { AccountStore } from '../domain/stores.ts';

interface PlanChangedDeps {
	accounts: Pick<AccountStore, 'changePlan'>;
	logger: Logger;
}

const CONCURRENT_ACCOUNTS = 4;

/** Shows users the plan that they are on. */
export const onPlanChanged = defineConsumer({
	queue: QUEUES.authPlanChanged,
	definition: planChanged,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ accounts, logger }: PlanChangedDeps, { data: { user_id, plan, version } }) {
		const changed = await accounts.changePlan({ userId: user_id, plan, version });
		logger.info('account.plan_changed', { user_id, plan, version, changed });
	},
});
