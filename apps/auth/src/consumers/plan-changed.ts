import { planChanged } from '@creatorr/contracts/events';
import type { Broker } from '@creatorr/messaging/connection';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import type { AccountStore } from '../domain/stores.ts';

interface PlanChangedDeps {
	accounts: Pick<AccountStore, 'changePlan'>;
	logger: Logger;
}

const ACCOUNTS_AT_ONCE = 4;

/** Shows people the plan that they are on. */
export function consumePlanChanged(broker: Broker, { accounts, logger }: PlanChangedDeps): Consumer {
	return startConsumer(broker, {
		queue: QUEUES.authPlanChanged,
		definition: planChanged,
		prefetch: ACCOUNTS_AT_ONCE,
		logger,
		async handle({ data: { user_id, plan, version } }) {
			const changed = await accounts.changePlan({ userId: user_id, plan, version });
			logger.info('account.plan_changed', { user_id, plan, version, changed });
		},
	});
}
