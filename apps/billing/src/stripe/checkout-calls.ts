import { type BillingCycle, billingCycleSchema } from '@creatorr/contracts/billing';
import Stripe from 'stripe';
import type { OpenCheckout, StripePort } from '../domain/stripe-port.ts';
import { asking, missingAs } from './translate-errors.ts';

export type Prices = Readonly<Record<BillingCycle, string>>;

const PAGE = 100;

export function checkoutCalls(
	stripe: Stripe,
	{ prices, appUrl }: { prices: Prices; appUrl: string },
): Pick<StripePort, 'listOpenCheckouts' | 'createCheckout' | 'expireCheckout'> {
	return {
		listOpenCheckouts: (customer) =>
			asking(async () => {
				const page = stripe.checkout.sessions.list({ customer, status: 'open', limit: PAGE });
				return ((await page.catch(missingAs(null)))?.data ?? []).map((one) => toCheckout(one, prices));
			}),
		createCheckout: ({ customerId, userId, cycle }) =>
			asking(async () => {
				const price = prices[cycle];
				const session = await stripe.checkout.sessions.create({
					mode: 'subscription',
					customer: customerId,
					client_reference_id: userId,
					line_items: [{ price, quantity: 1 }],
					metadata: { user_id: userId, cycle, price },
					subscription_data: { metadata: { user_id: userId } },
					success_url: `${appUrl}/account?checkout=done`,
					cancel_url: `${appUrl}/account?checkout=canceled`,
				});
				return toCheckout(session, prices);
			}),
		expireCheckout: (id) =>
			asking(async () => {
				await stripe.checkout.sessions.expire(id).catch((error: unknown) => {
					// It was paid or has expired meanwhile.
					if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
				});
			}),
	};
}

function toCheckout(session: Stripe.Checkout.Session, prices: Prices): OpenCheckout {
	const cycle = billingCycleSchema.safeParse(session.metadata?.cycle).data;
	return {
		id: session.id,
		cycle: cycle && session.metadata?.price === prices[cycle] ? cycle : null,
		url: session.url ?? '',
		expiresAt: new Date(session.expires_at * 1000),
	};
}
