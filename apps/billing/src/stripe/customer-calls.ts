import type Stripe from 'stripe';
import { callStripe, valueIfMissing } from './errors.ts';

export function customerCalls(stripe: Stripe, { appUrl }: { appUrl: string }) {
	return {
		/**
		 * Creates the customer of a user, without personal data. For 24 hours, calls with the same `stripeCustomersDeleted` return the same
		 * customer.
		 */
		createCustomer: ({
			id,
			stripeCustomersDeleted,
		}: {
			id: string;
			stripeCustomersDeleted: number;
		}): Promise<string> =>
			callStripe(async () => {
				// Stripe refuses a repeated key with other parameters, so nothing that may change is sent.
				const idempotencyKey = `creatorr-customer-${id}${stripeCustomersDeleted > 0 ? `-${stripeCustomersDeleted}` : ''}`;
				return (await stripe.customers.create({ metadata: { user_id: id } }, { idempotencyKey })).id;
			}),
		/** Finds the customer that was created for a user earlier; null if there is none. */
		findCustomer: (userId: string): Promise<string | null> =>
			callStripe(async () => {
				const query = `metadata['user_id']:'${userId}'`;
				return (await stripe.customers.search({ query, limit: 1 })).data[0]?.id ?? null;
			}),
		/** Sets the email and name. Resolves to false for a deleted customer. */
		updateCustomer: (
			customerId: string,
			{ email, name }: { email: string; name: string | null },
		): Promise<boolean> =>
			callStripe(async () => {
				const update = stripe.customers.update(customerId, { email, ...(name === null ? {} : { name }) });
				return (await update.catch(valueIfMissing(null))) !== null;
			}),
		/** Cancels the customer's subscriptions at once and erases the personal data in Stripe. Has no effect on a deleted customer. */
		deleteCustomer: (customerId: string): Promise<void> =>
			callStripe(async () => {
				await stripe.customers.del(customerId).catch(valueIfMissing(undefined));
			}),
		/** Resolves to the URL of the portal, or null for a deleted customer. */
		createPortal: (customer: string): Promise<string | null> =>
			callStripe(async () => {
				const session = stripe.billingPortal.sessions.create({ customer, return_url: `${appUrl}/account` });
				return (await session.catch(valueIfMissing(null)))?.url ?? null;
			}),
	};
}
