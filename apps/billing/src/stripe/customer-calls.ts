import type Stripe from 'stripe';
import type { StripePort } from '../domain/stripe-port.ts';
import { asking, missingAs } from './translate-errors.ts';

type CustomerCalls = Pick<
	StripePort,
	'createCustomer' | 'findCustomer' | 'describeCustomer' | 'deleteCustomer' | 'createPortal'
>;

export function customerCalls(stripe: Stripe, { appUrl }: { appUrl: string }): CustomerCalls {
	return {
		createCustomer: ({ id, customersGone }) =>
			asking(async () => {
				// Nothing that may change goes with the key: it would be refused the next time.
				const idempotencyKey = `creatorr-customer-${id}${customersGone > 0 ? `-${customersGone}` : ''}`;
				return (await stripe.customers.create({ metadata: { user_id: id } }, { idempotencyKey })).id;
			}),
		findCustomer: (userId) =>
			asking(async () => {
				const query = `metadata['user_id']:'${userId}'`;
				return (await stripe.customers.search({ query, limit: 1 })).data[0]?.id ?? null;
			}),
		describeCustomer: (id, { email, name }) =>
			asking(async () => {
				const update = stripe.customers.update(id, { email, ...(name === null ? {} : { name }) });
				return (await update.catch(missingAs(null))) !== null;
			}),
		deleteCustomer: (id) =>
			asking(async () => {
				await stripe.customers.del(id).catch(missingAs(undefined));
			}),
		createPortal: (customer) =>
			asking(async () => {
				const session = stripe.billingPortal.sessions.create({ customer, return_url: `${appUrl}/account` });
				return (await session.catch(missingAs(null)))?.url ?? null;
			}),
	};
}
