import { AppError } from '@creatorr/contracts/errors';
import type { CustomerStore } from './stores.ts';
import type { StripePort } from './stripe-port.ts';

interface PortalDeps {
	customers: Pick<CustomerStore, 'find'>;
	stripe: Pick<StripePort, 'createPortal'>;
}

/** The address of the page of Stripe where a subscriber manages it. Throws `no_subscription` for who has none. */
export async function openPortal({ customers, stripe }: PortalDeps, userId: string): Promise<string> {
	const found = await customers.find(userId);
	const customerId = found?.customer.stripeCustomerId;
	if (!customerId || found.subscriptions.length === 0) throw noSubscription('you have never subscribed');
	const url = await stripe.createPortal(customerId);
	if (url === null) throw noSubscription('Stripe no longer knows your subscription');
	return url;
}

function noSubscription(why: string): AppError {
	return new AppError(
		'no_subscription',
		`${why}; POST /v1/billing/checkout opens the page where you can subscribe`,
	);
}
