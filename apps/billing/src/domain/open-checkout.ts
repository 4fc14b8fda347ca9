import type { BillingCycle } from '@creatorr/contracts/billing';
import { AppError, unavailable } from '@creatorr/contracts/errors';
import type { Plan } from '@creatorr/contracts/plans';
import { crashPoint } from '@creatorr/service/crash-point';
import { isOngoing } from './plan-rule.ts';
import type { CustomerStore, LockedCustomer } from './stores.ts';
import { stripeCustomerOf } from './stripe-customer.ts';
import type { OpenCheckout, StripePort } from './stripe-port.ts';
import { type SyncDeps, syncCustomer } from './sync-customer.ts';

export interface CheckoutDeps extends SyncDeps {
	customers: Pick<CustomerStore, 'withCustomer'>;
	findAccount(userId: string): Promise<Person>;
}

interface Person {
	email: string;
	name: string | null;
}

/** Returned and not thrown: a refusal keeps what was learnt of Stripe on the way to it. */
type Outcome = { url: string } | { refusal: AppError } | 'customer gone';

/** A customer may be gone at Stripe; the one that is made in its place is not. */
const TRIES = 2;

/**
 * The address of a page of Stripe on which the user can subscribe. A user has one customer and one open checkout at most,
 * however often and however parallel this is asked. Throws `already_subscribed` for somebody with a subscription that is not
 * over, also where it does not count for Pro.
 */
export async function openCheckout(
	deps: CheckoutDeps,
	{ userId, cycle }: { userId: string; cycle: BillingCycle },
): Promise<string> {
	const person = await deps.findAccount(userId);
	for (let tries = 0; tries < TRIES; tries += 1) {
		// First and committed by itself: a customer at Stripe must never be forgotten because what follows fails.
		await deps.customers.withCustomer(userId, async (locked) => {
			refuseDeleted(locked);
			if (!locked.customer.customerAskedAt) await locked.announceStripeCustomer();
		});
		crashPoint('billing.checkout.customer-announced');
		const outcome = await deps.customers.withCustomer(userId, (locked) =>
			checkOut(deps, locked, { person, cycle }),
		);
		if (outcome === 'customer gone') continue;
		if ('refusal' in outcome) throw outcome.refusal;
		return outcome.url;
	}
	throw unavailable('Stripe');
}

async function checkOut(
	deps: CheckoutDeps,
	locked: LockedCustomer,
	{ person, cycle }: { person: Person; cycle: BillingCycle },
): Promise<Outcome> {
	refuseDeleted(locked);
	const { stripe } = deps;
	const customerId = (await stripeCustomerOf(deps, locked)) ?? '';
	if (!(await stripe.describeCustomer(customerId, person))) {
		await locked.forgetStripeCustomer();
		return 'customer gone';
	}
	const kept = await closeOthers(stripe, customerId, cycle);
	// What Stripe says and not what is known here, and once no other page can be paid: the event of a payment may be on its way.
	const { plan, subscriptions } = await syncCustomer(deps, locked);
	if (subscriptions.some(isOngoing)) {
		if (kept) await stripe.expireCheckout(kept.id);
		return { refusal: alreadySubscribed(plan) };
	}
	if (kept) return await handOut(locked, kept);
	// What a page that is closed has left could still be paid by the link of its invoice.
	for (const { id, status } of subscriptions)
		if (status === 'incomplete') await stripe.cancelSubscription(id);
	const checkout = await stripe.createCheckout({ customerId, userId: locked.customer.userId, cycle });
	crashPoint('billing.checkout.created');
	return await handOut(locked, checkout);
}

/** Resolves to the open checkout that does for this cycle. Two that are both paid would be two subscriptions. */
async function closeOthers(
	stripe: StripePort,
	customerId: string,
	cycle: BillingCycle,
): Promise<OpenCheckout | undefined> {
	const open = await stripe.listOpenCheckouts(customerId);
	const kept = open.find((checkout) => checkout.cycle === cycle);
	for (const checkout of open) if (checkout !== kept) await stripe.expireCheckout(checkout.id);
	return kept;
}

async function handOut(locked: LockedCustomer, { url, expiresAt }: OpenCheckout): Promise<Outcome> {
	await locked.setCheckoutUntil(expiresAt);
	return { url };
}

function refuseDeleted({ customer }: LockedCustomer): void {
	if (customer.deletedAt) throw new AppError('unauthorized', 'this account was deleted');
}

function alreadySubscribed(plan: Plan): AppError {
	return new AppError(
		'already_subscribed',
		plan === 'pro'
			? 'you are on Pro already; POST /v1/billing/portal opens the page where you change or cancel it'
			: 'you have a subscription that is not paid; POST /v1/billing/portal opens the page where you pay or cancel it',
	);
}
