import { type BillingCycle, billingCycleSchema } from '@creatorr/contracts/billing';
import Stripe from 'stripe';
import { callStripe, valueIfMissing } from './errors.ts';

export type Prices = Readonly<Record<BillingCycle, string>>;

export interface OpenCheckout {
	id: string;
	/** Null if it sells at another price than the current one. */
	cycle: BillingCycle | null;
	url: string;
	expiresAt: Date;
}

const PAGE = 100;

export function checkoutCalls(stripe: Stripe, { prices, appUrl }: { prices: Prices; appUrl: string }) {
	return {
		listOpenCheckouts: (customer: string): Promise<OpenCheckout[]> =>
			callStripe(async () => {
				const page = stripe.checkout.sessions.list({ customer, status: 'open', limit: PAGE });
				return ((await page.catch(valueIfMissing(null)))?.data ?? []).map((one) => toCheckout(one, prices));
			}),
		createCheckout: (input: {
			customerId: string;
			userId: string;
			cycle: BillingCycle;
		}): Promise<OpenCheckout> =>
			callStripe(async () => {
				const { customerId, userId, cycle } = input;
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
		/** Expires a checkout. Has no effect if it is no longer open. */
		expireCheckout: (checkoutId: string): Promise<void> =>
			callStripe(async () => {
				await stripe.checkout.sessions.expire(checkoutId).catch((error: unknown) => {
					// It was paid or has expired.
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
