import { isStorableText } from '@creatorr/contracts/text';
import { z } from 'zod';

/** Types after which the customer's subscriptions are read from Stripe. The content of an event may be outdated. */
const APPLIED_TYPES = new Set([
	// A checkout was paid: the customer has a subscription.
	'checkout.session.completed',
	'customer.subscription.created',
	'customer.subscription.updated',
	'customer.subscription.deleted',
	'customer.subscription.paused',
	'customer.subscription.resumed',
	'customer.subscription.trial_will_end',
	// A period was paid: a past-due subscription is active again.
	'invoice.paid',
	// The subscription may be past due.
	'invoice.payment_failed',
]);

/** An id of Stripe. One that the database can't store counts as absent. */
const idSchema = z.string().max(255).refine(isStorableText);

const objectSchema = z.object({
	customer: z.union([idSchema, z.object({ id: idSchema }).transform(({ id }) => id)]).nullish(),
});

/** Returns the id of the event's customer, or null for a type that is not applied or an object without a customer. */
export function customerOfEvent(type: string, object: unknown): string | null {
	if (!APPLIED_TYPES.has(type)) return null;
	return objectSchema.safeParse(object).data?.customer ?? null;
}
