import { planChanged } from '@creatorr/contracts/events';
import type { Plans } from '@creatorr/contracts/plans';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import type { PlanChange } from '../data/accounts.ts';

interface PlanChangedDeps {
	plans: Plans;
	/** False when this change or a later one was known, or the user is gone. */
	changePlan(change: PlanChange): Promise<boolean>;
	wakeScheduler(): void;
}

const PREFETCH = 4;

/** Lets jobs go by the limits and the priority of the plan that their user is on. */
export function consumePlanChanged(broker: Broker, logger: Logger, deps: PlanChangedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.jobsPlanChanged,
		definition: planChanged,
		prefetch: PREFETCH,
		logger,
		async handle({ data: { user_id: userId, plan, version } }) {
			const changed = await deps.changePlan({ userId, plan, version, priority: deps.plans[plan].priority });
			if (changed) deps.wakeScheduler();
			logger.info('user.plan_changed', { user_id: userId, plan, version, changed });
		},
	});
}
