import type Stripe from 'stripe';

const PAGE = 100;
/** Asked for and not paid; one that Stripe has given up is no less unpaid. */
const UNPAID: readonly (string | null)[] = ['open', 'uncollectible'];

/**
 * Since when a subscription that is past due has not been paid: when the oldest of its unpaid invoices since the last paid
 * one was made, which is when the period began that it bills. Stripe tells it with no subscription, whose current period
 * moves on while it is past due. Null for any other.
 */
export async function unpaidSince(stripe: Stripe, { id, status }: Stripe.Subscription): Promise<Date | null> {
	if (status !== 'past_due') return null;
	let oldest: number | null = null;
	// The newest come first.
	for await (const invoice of stripe.invoices.list({ subscription: id, limit: PAGE })) {
		// One over nothing, as a change of the price may make, pays for no period.
		if (invoice.status === 'paid' && invoice.total > 0) break;
		if (UNPAID.includes(invoice.status)) oldest = invoice.created;
	}
	return oldest === null ? null : new Date(oldest * 1000);
}
