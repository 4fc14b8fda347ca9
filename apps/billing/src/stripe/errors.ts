import { unavailable } from '@creatorr/contracts/errors';
import Stripe from 'stripe';

/** Whether Stripe reports that the object does not exist. */
export function isMissing(error: unknown): boolean {
	return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/** Returns a handler for `catch` that replaces a missing object with a value. */
export function valueIfMissing<T>(value: T): (error: unknown) => T {
	return (error) => {
		if (isMissing(error)) return value;
		throw error;
	};
}

/**
 * Runs a call to Stripe. Throws `upstream_unavailable` if Stripe is down, too busy, or refuses our key: users can only retry. A request
 * that Stripe refuses is a bug, and its error is rethrown unchanged.
 */
export async function callStripe<T>(call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (error) {
		if (error instanceof Stripe.errors.StripeInvalidRequestError) throw error;
		if (error instanceof Stripe.errors.StripeError) throw unavailable('Stripe', error);
		throw error;
	}
}
