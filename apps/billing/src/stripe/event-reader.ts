import { z } from 'zod';

/** What an event means to this service: whose subscriptions have to be read again. What else it says may be old by now. */
export interface EventReader {
	types: readonly string[];
	/** The customer's id at Stripe; null where the object names none. */
	customerOf(object: unknown): string | null;
}

const objectSchema = z.object({
	customer: z.union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)]).nullish(),
});

/** Of the objects that say it in `customer`: the id, or the customer itself. */
export function customerOfObject(object: unknown): string | null {
	return objectSchema.safeParse(object).data?.customer ?? null;
}
