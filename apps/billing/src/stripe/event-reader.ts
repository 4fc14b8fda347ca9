import { isStorableText } from '@creatorr/contracts/text';
import { z } from 'zod';

/** What an event means to this service: whose subscriptions have to be read again. What else it says may be old by now. */
export interface EventReader {
	types: readonly string[];
	/** The customer's id at Stripe; null where the object names none. */
	customerOf(object: unknown): string | null;
}

/** As Stripe gives it; what the database can't look for names nobody. */
const idSchema = z.string().max(255).refine(isStorableText);

const objectSchema = z.object({
	customer: z.union([idSchema, z.object({ id: idSchema }).transform(({ id }) => id)]).nullish(),
});

/** Of the objects that say it in `customer`: the id, or the customer itself. */
export function customerOfObject(object: unknown): string | null {
	return objectSchema.safeParse(object).data?.customer ?? null;
}
