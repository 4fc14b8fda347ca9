import { crashPoint } from '@creatorr/service/crash-point';
import type { LockedCustomer } from './stores.ts';
import type { StripePort } from './stripe-port.ts';

/** Stripe remembers the key of a request for a day at least. */
const KEY_KEPT_MS = 23 * 3_600_000;

/**
 * The customer at Stripe of a user, asked for where one was announced and its id is not known, as after a crash: always the
 * one that was made then. Null where none was ever announced.
 */
export async function stripeCustomerOf(
	{ stripe, now }: { stripe: StripePort; now(): Date },
	locked: LockedCustomer,
): Promise<string | null> {
	const { userId: id, stripeCustomerId, customerAskedAt, customersGone } = locked.customer;
	if (stripeCustomerId || !customerAskedAt) return stripeCustomerId;
	const isKeyKept = now().getTime() - customerAskedAt.getTime() < KEY_KEPT_MS;
	const known = isKeyKept ? null : await stripe.findCustomer(id);
	const customerId = known ?? (await stripe.createCustomer({ id, customersGone }));
	crashPoint('billing.checkout.customer-created');
	await locked.setStripeCustomer(customerId);
	return customerId;
}
