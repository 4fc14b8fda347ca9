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

type AuditFields = Pick<GrantAction, 'operator' | 'reason'>;

/** The resulting plan and the end of the grant; null for a deleted account. */
export type GrantResult = { plan: Plan; until: Date | null } | null;

/**
 * Puts a user on Pro until a time, whatever Stripe says. Waits for a sync of this user in progress. Doesn't call Stripe: the sync after
 * the grant's end does.
 */
export function grantPro(
	deps: GrantDeps,
	{ userId, until, by }: { userId: string; until: Date; by: AuditFields },
): Promise<GrantResult> {
	const action: GrantAction = { ...by, action: 'pro_granted', subject: until.toISOString() };
	return deps.customers.withCustomer(userId, async (locked) => {
		if (locked.customer.deletedAt) return null;
		await locked.setGrant({ until, plan: 'pro', by: action });
		return { plan: 'pro', until };
	});
}

/** Returns a user to the plan of the last sync, and makes the user due for another one. Resolves to `no grant` without a grant. */
export function revokeGrant(
	deps: GrantDeps,
	{ userId, by }: { userId: string; by: AuditFields },
): Promise<GrantResult | 'no grant'> {
	return deps.customers.withCustomer(userId, async (locked) => {
		const { deletedAt, proGrantedUntil } = locked.customer;
		if (deletedAt) return null;
		if (!proGrantedUntil || proGrantedUntil <= deps.now()) return 'no grant';
		const subscriptions = await locked.storedSubscriptions();
		const plan = planOf({ subscriptions, proGrantedUntil: null }, deps.now(), deps.rules.graceMs);
		await locked.setGrant({ until: null, plan, by: { ...by, action: 'grant_revoked' } });
		return { plan, until: null };
	});
}
