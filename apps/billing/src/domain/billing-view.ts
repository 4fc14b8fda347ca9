import type { getBilling } from '@creatorr/contracts/billing';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { Customer } from './customer.ts';
import { mainSubscription } from './plan-rule.ts';
import type { Subscription } from './subscription.ts';

/** What a person is shown of the own plan and the subscription behind it. */
export function billingView(
	found: { customer: Customer; subscriptions: readonly Subscription[] } | null,
	now: Date,
	graceMs: number,
): ResponseOf<typeof getBilling>['data'] {
	const main = found && mainSubscription(found.subscriptions, now, graceMs);
	if (!main) return { plan: found?.customer.plan ?? 'free', status: 'none', cancel_at_period_end: false };
	return {
		plan: found.customer.plan,
		status: main.status,
		...(main.cycle ? { cycle: main.cycle } : {}),
		current_period_end: main.currentPeriodEnd.toISOString(),
		cancel_at_period_end: main.cancelAtPeriodEnd,
	};
}
