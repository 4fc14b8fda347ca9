import { createCheckout } from '@creatorr/contracts/billing';
import { defineRoute } from '@creatorr/service/route';
import { type CheckoutDeps, openCheckout } from '../domain/open-checkout.ts';

export function createCheckoutRoute(deps: CheckoutDeps) {
	return defineRoute(createCheckout, async ({ user, body }) => ({
		data: { url: await openCheckout(deps, { userId: user.id, cycle: body.cycle }) },
	}));
}
