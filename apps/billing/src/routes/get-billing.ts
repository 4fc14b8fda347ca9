import { getBilling } from '@creatorr/contracts/billing';
import { defineRoute } from '@creatorr/service/route';
import { billingView } from '../domain/billing-view.ts';
import type { CustomerStore } from '../domain/stores.ts';
import type { SyncDeps } from '../domain/sync-customer.ts';

interface GetBillingDeps extends Pick<SyncDeps, 'rules' | 'now'> {
	customers: Pick<CustomerStore, 'find'>;
}

export function getBillingRoute({ customers, rules, now }: GetBillingDeps) {
	return defineRoute(getBilling, async ({ user }) => ({
		data: billingView(await customers.find(user.id), now(), rules.graceMs),
	}));
}
