import Stripe from 'stripe';
import type { StripePort } from '../domain/stripe-port.ts';
import { toSubscription } from './to-subscription.ts';
import { asking, isMissing } from './translate-errors.ts';
import { unpaidSince } from './unpaid-since.ts';

const PAGE = 100;

export function subscriptionCalls(
	stripe: Stripe,
): Pick<StripePort, 'listSubscriptions' | 'cancelSubscription'> {
	return {
		listSubscriptions: (customer) =>
			asking(async () => {
				const subscriptions = await listAll(stripe, customer);
				return await Promise.all(
					subscriptions.map(async (one) => toSubscription(one, await unpaidSince(stripe, one))),
				);
			}),
		cancelSubscription: (id) =>
			asking(async () => {
				await stripe.subscriptions.cancel(id).catch((error: unknown) => {
					// It has ended meanwhile.
					if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
				});
			}),
	};
}

async function listAll(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
	const all: Stripe.Subscription[] = [];
	try {
		const pages = stripe.subscriptions.list({ customer, status: 'all', limit: PAGE });
		for await (const subscription of pages) all.push(subscription);
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
	return all;
}
