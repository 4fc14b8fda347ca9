import { planChanged } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Deps } from '../deps.ts';
import { recordPlanChange } from './plans.sql.ts';

interface PlanChangedDeps extends Pick<Deps, 'prisma' | 'logger'> {
	wakeApplyPlans(): void;
}

const CONCURRENT_ACCOUNTS = 4;

/** Changes a user's plan, which decides how long files are kept. */
export const onPlanChanged = defineConsumer({
	queue: QUEUES.filesPlanChanged,
	definition: planChanged,
	prefetch: CONCURRENT_ACCOUNTS,
	async handle({ prisma, wakeApplyPlans, logger }: PlanChangedDeps, { data }) {
		const { user_id: userId, plan, version } = data;
		const changed = await recordPlanChange(prisma, { userId, plan, version });
		if (changed) wakeApplyPlans();
		logger.info('account.plan_changed', { user_id: userId, plan, version, changed });
	},
});
