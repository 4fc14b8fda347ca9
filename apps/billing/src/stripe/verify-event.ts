import { validationError } from '@creatorr/contracts/validation';
import Stripe from 'stripe';

/** Stripe signs each delivery anew; one that is older, or from the future, is a replay or a forgery. */
const TOLERANCE_SECONDS = 300;

/**
 * The event in a delivery of Stripe, given the body's bytes as they came. Throws `validation` unless one of the secrets has
 * signed these very bytes within five minutes of now.
 */
export function verifyEvent(
	body: Buffer,
	signature: string | undefined,
	secrets: readonly string[],
): Stripe.Event {
	if (!signature) throw refusal('Stripe-Signature is missing');
	if (signedAt(signature) > Date.now() / 1000 + TOLERANCE_SECONDS)
		throw refusal('the signature is from the future');
	for (const secret of secrets) {
		try {
			return Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_SECONDS);
		} catch (error) {
			if (!(error instanceof Stripe.errors.StripeSignatureVerificationError))
				throw refusal('the body is no event');
		}
	}
	throw refusal('the signature does not fit the body, or is too old');
}

function signedAt(signature: string): number {
	const [, seconds] = /(?:^|,)\s*t=(\d{1,12})(?:,|$)/.exec(signature) ?? [];
	return Number(seconds ?? 0);
}

function refusal(message: string) {
	return validationError([{ path: 'headers.Stripe-Signature', message }]);
}
