import type { BillingCycle } from '@creatorr/contracts/billing';
import { AppError } from '@creatorr/contracts/errors';
import { crashPoint } from '@creatorr/service/crash-point';
import type { CustomerStore, LockedCustomer } from './stores.ts';
import type { OpenCheckout } from './stripe-port.ts';
import { type SyncDeps, syncCustomer } from './sync-customer.ts';

export interface CheckoutDeps extends SyncDeps {
	customers: Pick<CustomerStore, 'withCustomer'>;
	findAccount(userId: string): Promise<{ email: string; name: string | null }>;
}

/**
 * The address of a page of Stripe on which the user can subscribe. A user has one customer and one open checkout at most,
 * however often and however parallel this is asked. Throws `already_subscribed` for somebody on Pro.
 */
export async function openCheckout(
	deps: CheckoutDeps,
	{ userId, cycle }: { userId: string; cycle: BillingCycle },
): Promise<string> {
	const account = await deps.findAccount(userId);
	// First and committed by itself: a customer at Stripe must never be forgotten because what follows fails.
	await deps.customers.withCustomer(userId, async (locked) => {
		refuseDeleted(locked);
		if (locked.customer.stripeCustomerId) return;
		const stripeCustomerId = await deps.stripe.createCustomer({ id: userId, ...account });
		crashPoint('billing.checkout.customer-created');
		await locked.setStripeCustomer(stripeCustomerId);
	});
	return await deps.customers.withCustomer(userId, async (locked) => {
		refuseDeleted(locked);
		// What Stripe says and not what is known here: the event of a payment may be on its way.
		if ((await syncCustomer(deps, locked)) === 'pro') throw alreadySubscribed();
		const checkout = await checkoutFor(deps, locked, { userId, cycle });
		crashPoint('billing.checkout.created');
		await locked.setCheckoutUntil(checkout.expiresAt);
		return checkout.url;
	});
}

async function checkoutFor(
	{ stripe }: CheckoutDeps,
	{ customer }: LockedCustomer,
	{ userId, cycle }: { userId: string; cycle: BillingCycle },
): Promise<OpenCheckout> {
	const customerId = customer.stripeCustomerId ?? '';
	const open = await stripe.listOpenCheckouts(customerId);
	const [same, ...others] = open.toSorted((a, b) => Number(b.cycle === cycle) - Number(a.cycle === cycle));
	const keeps = same?.cycle === cycle;
	// Two that are both paid would be two subscriptions.
	for (const other of keeps ? others : open) await stripe.expireCheckout(other.id);
	return keeps ? same : await stripe.createCheckout({ customerId, userId, cycle });
}

function refuseDeleted({ customer }: LockedCustomer): void {
	if (customer.deletedAt) throw new AppError('unauthorized', 'this account was deleted');
}

function alreadySubscribed(): AppError {
	return new AppError(
		'already_subscribed',
		'you are on Pro already; POST /v1/billing/portal opens the page where you change or cancel it',
	);
}
