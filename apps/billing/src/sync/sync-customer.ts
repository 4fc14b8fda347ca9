import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Subscription } from '../customers/customer.ts';
import type { LockedCustomer } from '../customers/locked-customer.sql.ts';
import { nextSyncAt, planOf } from '../plans/plan-rule.ts';
import type { StripeCalls } from '../stripe/stripe.ts';

export interface SyncRules {
	graceMs: number;
	syncIntervalMs: number;
}

/** Result of a sync. */
export interface SyncResult {
	plan: Plan;
	subscriptions: readonly Subscription[];
}

export interface SyncDeps {
	stripe: StripeCalls;
	rules: SyncRules;
	now(): Date;
}

/**
 * Applies the state in Stripe and the grant to a customer. This covers the waiting events, whatever their content and order.
 */
export async function syncCustomer(deps: SyncDeps, locked: LockedCustomer): Promise<SyncResult> {
	const { customer } = locked;
	const appliedEvents = await locked.waitingEvents();
	if (customer.deletedAt) return await eraseCustomer(deps, locked, appliedEvents);
	const { checkoutUntil, proGrantedUntil } = customer;
	const stripeCustomerId = await ensureRequestedCustomer(deps, locked);
	const subscriptions = stripeCustomerId ? await deps.stripe.listSubscriptions(stripeCustomerId) : [];
	crashPoint('billing.sync.read');
	const now = deps.now();
	const plan = planOf({ subscriptions, proGrantedUntil }, now, deps.rules.graceMs);
	const next = nextSyncAt({ subscriptions, checkoutUntil, proGrantedUntil }, now, deps.rules);
	await locked.recordSync({ subscriptions, plan, appliedEvents, nextSyncAt: next });
	return { plan, subscriptions };
}

/** Cancels the subscriptions of a deleted account and erases the personal data here and in Stripe, also of a late checkout. */
async function eraseCustomer(
	deps: SyncDeps,
	locked: LockedCustomer,
	appliedEvents: readonly string[],
): Promise<SyncResult> {
	const { stripe } = deps;
	const stripeCustomerId = await ensureRequestedCustomer(deps, locked);
	if (stripeCustomerId) {
		for (const { id } of await stripe.listOpenCheckouts(stripeCustomerId)) await stripe.expireCheckout(id);
		await stripe.deleteCustomer(stripeCustomerId);
		crashPoint('billing.erase.customer-deleted');
	}
	await locked.eraseUser();
	await locked.recordSync({ subscriptions: [], plan: 'free', appliedEvents, nextSyncAt: null });
	return { plan: 'free', subscriptions: [] };
}

/** Stripe stores idempotency keys for at least 24 hours. */
const IDEMPOTENCY_KEY_TTL_MS = 23 * 3_600_000;

/**
 * Returns the id of a user's customer in Stripe, and creates the customer if that was requested before. If an earlier process created it
 * and died before it stored the id, this returns the same customer. Null if no creation was requested.
 */
export async function ensureRequestedCustomer(
	{ stripe, now }: Pick<SyncDeps, 'stripe' | 'now'>,
	locked: LockedCustomer,
): Promise<string | null> {
	const { userId: id, stripeCustomerId, customerRequestedAt, stripeCustomersDeleted } = locked.customer;
	if (stripeCustomerId || !customerRequestedAt) return stripeCustomerId;
	const isKeyValid = now().getTime() - customerRequestedAt.getTime() < IDEMPOTENCY_KEY_TTL_MS;
	const known = isKeyValid ? null : await stripe.findCustomer(id);
	const customerId = known ?? (await stripe.createCustomer({ id, stripeCustomersDeleted }));
	crashPoint('billing.checkout.customer-created');
	await locked.setStripeCustomer(customerId);
	return customerId;
}
