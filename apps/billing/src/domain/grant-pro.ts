import type { Plan } from '@creatorr/contracts/plans';
import { planOf } from './plan-rule.ts';
import type { CustomerStore, GrantAct } from './stores.ts';
import type { SyncRules } from './sync-customer.ts';

interface GrantDeps {
	customers: Pick<CustomerStore, 'withCustomer'>;
	rules: Pick<SyncRules, 'graceMs'>;
	now(): Date;
}

interface By {
	operator: string;
	reason: string;
}

/** What a user is on then, and until when; null where the account is gone. */
export type Granted = { plan: Plan; until: Date | null } | null;

/**
 * Puts a user on pro until then, whatever Stripe says meanwhile. Stripe is not asked, but a sync that asks it
 * right now is waited for; when it ends, the sync finds what Stripe says.
 */
export function grantPro(
	deps: GrantDeps,
	{ userId, until, by }: { userId: string; until: Date; by: By },
): Promise<Granted> {
	const act: GrantAct = { ...by, action: 'pro_granted', subject: until.toISOString() };
	return deps.customers.withCustomer(userId, async (locked) => {
		if (locked.customer.deletedAt) return null;
		await locked.setGrant({ until, plan: 'pro', by: act });
		return { plan: 'pro', until };
	});
}

/** Puts a user back to what Stripe said last; the sync asks it again at once. `no grant` where there is none to take back. */
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
