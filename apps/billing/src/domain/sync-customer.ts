import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import { nextSyncAt, planOf } from './plan-rule.ts';
import type { LockedCustomer } from './stores.ts';
import { stripeCustomerOf } from './stripe-customer.ts';
import type { StripePort } from './stripe-port.ts';
import type { Subscription } from './subscription.ts';

export interface SyncRules {
	graceMs: number;
	reconcileMs: number;
}

/** What a customer is now. */
export interface Synced {
	plan: Plan;
	subscriptions: readonly Subscription[];
}

export interface SyncDeps {
	stripe: StripePort;
	rules: SyncRules;
	now(): Date;
}

/**
 * Makes a customer what Stripe says now, and an operator has granted. The events that wait are covered by that, whatever they say and in whatever order
 * they came.
 */
export async function syncCustomer(deps: SyncDeps, locked: LockedCustomer): Promise<Synced> {
	const { customer } = locked;
	const appliedEvents = await locked.waitingEvents();
	if (customer.deletedAt) return await eraseCustomer(deps, locked, appliedEvents);
	const { checkoutUntil, proGrantedUntil } = customer;
	const stripeCustomerId = await stripeCustomerOf(deps, locked);
	const subscriptions = stripeCustomerId ? await deps.stripe.listSubscriptions(stripeCustomerId) : [];
	crashPoint('billing.sync.read');
	const now = deps.now();
	const plan = planOf({ subscriptions, proGrantedUntil }, now, deps.rules.graceMs);
	const next = nextSyncAt({ subscriptions, checkoutUntil, proGrantedUntil }, now, deps.rules);
	await locked.record({ subscriptions, plan, appliedEvents, nextSyncAt: next });
	return { plan, subscriptions };
}

/**
 * An account that is gone pays no more, and nothing of the person stays here or at Stripe; also not what a late checkout
 * brought.
 */
async function eraseCustomer(
	deps: SyncDeps,
	locked: LockedCustomer,
	appliedEvents: readonly string[],
): Promise<Synced> {
	const { stripe } = deps;
	const stripeCustomerId = await stripeCustomerOf(deps, locked);
	if (stripeCustomerId) {
		for (const { id } of await stripe.listOpenCheckouts(stripeCustomerId)) await stripe.expireCheckout(id);
		await stripe.deleteCustomer(stripeCustomerId);
		crashPoint('billing.erase.customer-deleted');
	}
	await locked.forgetUser();
	await locked.record({ subscriptions: [], plan: 'free', appliedEvents, nextSyncAt: null });
	return { plan: 'free', subscriptions: [] };
}
