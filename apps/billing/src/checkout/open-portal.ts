import { openPortal } from '@creatorr/contracts/billing';
import { AppError } from '@creatorr/contracts/errors';
import { defineRoute } from '@creatorr/service/route';
import type { Customers } from '../customers/customers.sql.ts';
import type { StripeCalls } from '../stripe/stripe.ts';

interface PortalDeps {
	customers: Pick<Customers, 'find'>;
	stripe: Pick<StripeCalls, 'createPortal'>;
}

/** Returns the Stripe page where subscribers manage their subscription. Throws `no_subscription` for users without one. */
export function openPortalRoute({ customers, stripe }: PortalDeps) {
	return defineRoute(openPortal, async ({ user }) => {
		const found = await customers.find(user.id);
		const customerId = found?.customer.stripeCustomerId;
		if (!customerId || found.subscriptions.length === 0) throw noSubscription('You have never subscribed.');
		const url = await stripe.createPortal(customerId);
		if (url === null) throw noSubscription('Stripe no longer has your subscription.');
		return { data: { url } };
	});
}

function noSubscription(why: string): AppError {
	return new AppError('no_subscription', `${why} Use POST /v1/billing/checkout to subscribe.`);
}
