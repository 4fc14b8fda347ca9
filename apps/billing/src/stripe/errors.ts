import { unavailable } from '@creatorr/contracts/errors';
import Stripe from 'stripe';

/** True when Stripe says that the object does not exist (any more). */
export function isMissing(error: unknown): boolean {
	return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

/** For a `catch`: returns a value in place of an object that does not exist (any more). */
export function missingAs<T>(value: T): (error: unknown) => T {
	return (error) => {
		if (isMissing(error)) return value;
		throw error;
	};
}

/**
 * Runs a call to Stripe. Throws `upstream_unavailable` when Stripe is away, too busy or refuses our key: users can only try again.
 * A request that Stripe refuses is a bug, and its error passes unchanged.
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
