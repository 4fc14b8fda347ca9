import type { Plan } from '@creatorr/contracts/plans';
import type { Customers } from '../customers/customers.sql.ts';
import type { GrantAction } from '../customers/locked-customer.sql.ts';
import { planOf } from '../plans/plan-rule.ts';
import type { SyncRules } from '../sync/sync-customer.ts';

export interface GrantDeps {
	customers: Pick<Customers, 'withCustomer'>;
	rules: Pick<SyncRules, 'graceMs'>;
	now(): Date;
}

interface By {
	operator: string;
	reason: string;
}

/** The plan that follows, and until when; null where the account is gone. */
export type Granted = { plan: Plan; until: Date | null } | null;

/**
 * Puts a user on pro until then, whatever Stripe says meanwhile. It waits for a sync of this user that is under way. Stripe is not
 * asked: the sync after the grant's end does that.
 */
export function grantPro(
	deps: GrantDeps,
	{ userId, until, by }: { userId: string; until: Date; by: By },
): Promise<Granted> {
	const action: GrantAction = { ...by, action: 'pro_granted', subject: until.toISOString() };
	return deps.customers.withCustomer(userId, async (locked) => {
		if (locked.customer.deletedAt) return null;
		await locked.setGrant({ until, plan: 'pro', by: action });
		return { plan: 'pro', until };
	});
}

/** Puts a user back on the plan that Stripe's last answer gives, and makes the user due for a sync. Resolves to `no grant` where there is none. */
export function revokeGrant(
	deps: GrantDeps,
	{ userId, by }: { userId: string; by: By },
): Promise<Granted | 'no grant'> {
	return deps.customers.withCustomer(userId, async (locked) => {
		const { deletedAt, proGrantedUntil } = locked.customer;
		if (deletedAt) return null;
		if (!proGrantedUntil || proGrantedUntil <= deps.now()) return 'no grant';
		const subscriptions = await locked.knownSubscriptions();
		const plan = planOf({ subscriptions, proGrantedUntil: null }, deps.now(), deps.rules.graceMs);
		await locked.setGrant({ until: null, plan, by: { ...by, action: 'grant_revoked' } });
		return { plan, until: null };
	});
}
