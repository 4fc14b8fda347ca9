import { unavailable } from '@creatorr/contracts/errors';
import Stripe from 'stripe';

/** Whether Stripe says that there is no such thing (any more). */
export function isMissing(error: unknown): boolean {
	return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/** For a `catch`: the answer in place of a thing that is not there (any more). */
export function missingAs<T>(answer: T): (error: unknown) => T {
	return (error) => {
		if (isMissing(error)) return answer;
		throw error;
	};
}

/**
 * Does what asks Stripe. Stripe being away, too busy or of the opinion that our key is wrong is `upstream_unavailable`: the
 * person can only try again. A request that Stripe refuses is a bug of ours, and stays what it is.
 */
export async function asking<T>(ask: () => Promise<T>): Promise<T> {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof Stripe.errors.StripeInvalidRequestError) throw error;
		if (error instanceof Stripe.errors.StripeError) throw unavailable('Stripe', error);
		throw error;
	}
}
