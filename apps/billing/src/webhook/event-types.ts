import { isStorableText } from '@creatorr/contracts/text';
import { z } from 'zod';

/** After these events, the customer's subscriptions are read from Stripe again. What else an event says may be outdated. */
const APPLIED_TYPES = new Set([
	// A checkout was paid: there is a subscription now.
	'checkout.session.completed',
	'customer.subscription.created',
	'customer.subscription.updated',
	'customer.subscription.deleted',
	'customer.subscription.paused',
	'customer.subscription.resumed',
	'customer.subscription.trial_will_end',
	// A period was paid: a subscription that was past due is active again.
	'invoice.paid',
	// The subscription may be past due now.
	'invoice.payment_failed',
]);

/** As Stripe sends it. An id that the database can't look up counts as none. */
const idSchema = z.string().max(255).refine(isStorableText);

const objectSchema = z.object({
	customer: z.union([idSchema, z.object({ id: idSchema }).transform(({ id }) => id)]).nullish(),
});

/** Returns the id of the customer whom an event concerns; null for a type that is not applied, and where the object names none. */
export function customerOfEvent(type: string, object: unknown): string | null {
	if (!APPLIED_TYPES.has(type)) return null;
	return objectSchema.safeParse(object).data?.customer ?? null;
}
