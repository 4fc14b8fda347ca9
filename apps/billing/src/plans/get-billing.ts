import { getBilling } from '@creatorr/contracts/billing';
import type { ResponseOf } from '@creatorr/contracts/operation';
import { defineRoute } from '@creatorr/service/route';
import type { Customer, Subscription } from '../customers/customer.ts';
import type { Customers } from '../customers/customers.sql.ts';
import { mainSubscription } from './plan-rule.ts';

interface GetBillingDeps {
	customers: Pick<Customers, 'find'>;
	rules: { graceMs: number };
	now(): Date;
}

export function getBillingRoute({ customers, rules, now }: GetBillingDeps) {
	return defineRoute(getBilling, async ({ user }) => ({
		data: billingView(await customers.find(user.id), now(), rules.graceMs),
	}));
}

/** Returns the user's plan and subscription for the API. */
function billingView(
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
