import { AppError } from '@creatorr/contracts/errors';
import type { CustomerStore } from './stores.ts';
import type { StripePort } from './stripe-port.ts';

interface PortalDeps {
	customers: Pick<CustomerStore, 'find'>;
	stripe: Pick<StripePort, 'createPortal'>;
}

/** The address of the page of Stripe where a subscriber manages it. Throws `no_subscription` for who never subscribed. */
export async function openPortal({ customers, stripe }: PortalDeps, userId: string): Promise<string> {
	const found = await customers.find(userId);
	const customerId = found?.customer.stripeCustomerId;
	if (!customerId || found.subscriptions.length === 0) {
		throw new AppError(
			'no_subscription',
			'you have never subscribed; POST /v1/billing/checkout opens the page where you can',
		);
	}
	return await stripe.createPortal(customerId);
}
