import { type BillingCycle, createCheckout } from '@creatorr/contracts/billing';
import { AppError, unavailable } from '@creatorr/contracts/errors';
import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';
import { createTokenBuckets, type TokenBuckets } from '@creatorr/service/token-buckets';
import type { Customers } from '../customers/customers.sql.ts';
import type { LockedCustomer } from '../customers/locked-customer.sql.ts';
import { isOpenSubscription } from '../plans/plan-rule.ts';
import type { OpenCheckout } from '../stripe/checkout-calls.ts';
import type { StripeCalls } from '../stripe/stripe.ts';
import { ensureRequestedCustomer, type SyncDeps, syncCustomer } from '../sync/sync-customer.ts';

interface CheckoutDeps extends SyncDeps {
	customers: Pick<Customers, 'withCustomer'>;
	findAccount(userId: string): Promise<ContactDetails>;
}

interface ContactDetails {
	email: string;
	name: string | null;
}

/** A refusal is returned instead of thrown, so that the transaction commits the state that was read from Stripe. */
type Outcome = { url: string } | { refusal: AppError } | 'customer deleted';

/** Stripe may have deleted the customer. Then the second try uses a new one. */
const TRIES = 2;

/** Limit of a user in one process. A checkout makes several calls to Stripe, which limits the calls of all users together. */
const CHECKOUTS_PER_MINUTE = 10;
const REMEMBERED_USERS = 10_000;

export function createCheckoutRoute(deps: CheckoutDeps) {
	const rates = createTokenBuckets({
		tokensPerSecond: CHECKOUTS_PER_MINUTE / 60,
		burst: CHECKOUTS_PER_MINUTE,
		capacity: REMEMBERED_USERS,
		monotonicMs: () => performance.now(),
	});
	return defineRoute(createCheckout, async ({ user, body }) => {
		refuseTooMany(rates, user.id);
		return { data: { url: await openCheckout(deps, { userId: user.id, cycle: body.cycle }) } };
	});
}

function refuseTooMany(rates: TokenBuckets, userId: string): void {
	const waitMs = rates.take(userId, 1);
	if (waitMs === 0) return;
	throw new AppError('rate_limited', 'You opened the checkout too often. Wait a moment, then try again.', {
		retryAfterSeconds: Math.ceil(waitMs / 1_000),
	});
}

/**
 * Returns the URL of a Stripe page on which the user can subscribe. A user has at most one customer and one open checkout, however many
 * requests run at once. Throws `already_subscribed` for users with an open subscription, also one that does not count for Pro.
 */
async function openCheckout(
	deps: CheckoutDeps,
	{ userId, cycle }: { userId: string; cycle: BillingCycle },
): Promise<string> {
	const contact = await deps.findAccount(userId);
	for (let tries = 0; tries < TRIES; tries += 1) {
		// Committed first, so that a customer in Stripe is known even if a later step fails.
		await deps.customers.withCustomer(userId, async (locked) => {
			refuseDeleted(locked);
			if (!locked.customer.customerRequestedAt) await locked.recordCustomerRequest();
		});
		crashPoint('billing.checkout.customer-requested');
		const outcome = await deps.customers.withCustomer(userId, (locked) =>
			prepareCheckout(deps, locked, { contact, cycle }),
		);
		if (outcome === 'customer deleted') continue;
		if ('refusal' in outcome) throw outcome.refusal;
		return outcome.url;
	}
	throw unavailable('Stripe');
}

async function prepareCheckout(
	deps: CheckoutDeps,
	locked: LockedCustomer,
	{ contact, cycle }: { contact: ContactDetails; cycle: BillingCycle },
): Promise<Outcome> {
	refuseDeleted(locked);
	const { stripe } = deps;
	const customerId = (await ensureRequestedCustomer(deps, locked)) ?? '';
	if (!(await stripe.updateCustomer(customerId, contact))) {
		await locked.forgetStripeCustomer();
		return 'customer deleted';
	}
	const kept = await expireOtherCheckouts(stripe, customerId, cycle);
	// Read after the other pages have expired: one of them may have been paid, and its event may not have arrived.
	const { plan, subscriptions } = await syncCustomer(deps, locked);
	if (subscriptions.some(isOpenSubscription)) {
		if (kept) await stripe.expireCheckout(kept.id);
		return { refusal: alreadySubscribed(plan) };
	}
	if (kept) return await saveCheckout(locked, kept);
	// A subscription of an expired page could still be paid through the link of its invoice.
	for (const { id, status } of subscriptions)
		if (status === 'incomplete') await stripe.cancelSubscription(id);
	const checkout = await stripe.createCheckout({ customerId, userId: locked.customer.userId, cycle });
	crashPoint('billing.checkout.created');
	return await saveCheckout(locked, checkout);
}

/** Expires the open checkouts except one for this cycle, and resolves to it. Two paid checkouts would be two subscriptions. */
async function expireOtherCheckouts(
	stripe: StripeCalls,
	customerId: string,
	cycle: BillingCycle,
): Promise<OpenCheckout | undefined> {
	const open = await stripe.listOpenCheckouts(customerId);
	const kept = open.find((checkout) => checkout.cycle === cycle);
	for (const checkout of open) if (checkout !== kept) await stripe.expireCheckout(checkout.id);
	return kept;
}

async function saveCheckout(locked: LockedCustomer, { url, expiresAt }: OpenCheckout): Promise<Outcome> {
	await locked.setCheckoutUntil(expiresAt);
	return { url };
}

function refuseDeleted({ customer }: LockedCustomer): void {
	if (customer.deletedAt) throw new AppError('unauthorized', 'This account was deleted.');
}

function alreadySubscribed(plan: Plan): AppError {
	return new AppError(
		'already_subscribed',
		plan === 'pro'
			? 'You are already on Pro. Use POST /v1/billing/portal to change or cancel your subscription.'
			: 'You have an unpaid subscription. Use POST /v1/billing/portal to pay or cancel it.',
	);
}
