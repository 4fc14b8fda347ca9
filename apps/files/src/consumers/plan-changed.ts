import { planChanged } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import type { PlanChange } from '../data/change-plan.ts';

interface PlanChangedDeps {
	broker: Broker;
	/** False when this change or a later one was known, or the account is gone. */
	changePlan(change: PlanChange): Promise<boolean>;
	/** Has the files follow that nobody looks at. */
	followPlans(): void;
	logger: Logger;
}

const ACCOUNTS_AT_ONCE = 4;

/** Keeps files for as long as the plan that their owner is on. */
export function consumePlanChanged({ broker, changePlan, followPlans, logger }: PlanChangedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.filesPlanChanged,
		definition: planChanged,
		prefetch: ACCOUNTS_AT_ONCE,
		logger,
		async handle({ data: { user_id: userId, plan, version } }) {
			const changed = await changePlan({ userId, plan, version });
			if (changed) followPlans();
			logger.info('account.plan_changed', { user_id: userId, plan, version, changed });
		},
	});
}
