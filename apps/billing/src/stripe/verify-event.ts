import { BODY_LIMIT, jsonValueLimit } from '@creatorr/contracts/body-limit';
import { isStorableText } from '@creatorr/contracts/text';
import { validationError } from '@creatorr/contracts/validation';
import { findJsonProblem } from '@creatorr/service/json-scan';
import Stripe from 'stripe';
import { z } from 'zod';

/** Stripe signs each delivery anew; one that is older, or from the future, is a replay or a forgery. */
const TOLERANCE_SECONDS = 300;
/** Deeper than any object of Stripe's, and no danger to what reads it recursively. */
const MAX_DEPTH = 64;
/** Longer than any of Stripe's; an index of Postgres takes no more than 2,700 bytes. */
const MAX_NAME_LENGTH = 255;

const nameSchema = z.string().min(1).max(MAX_NAME_LENGTH).refine(isStorableText);

/** What every event of Stripe's has. `data` has another shape, or is missing, in those of its API v2, which nothing here depends on. */
const eventSchema = z.object({ id: nameSchema, type: nameSchema, data: z.unknown().optional() });
const dataSchema = z.object({ object: z.unknown().optional() });

/** A delivery that Stripe has signed, whatever it says. */
export interface SignedEvent {
	id: string;
	type: string;
	/** What the event is about; undefined where it does not say so. */
	object: unknown;
	/** All of it; null where a database can't hold its text. */
	payload: object | null;
}

/**
 * The event in a delivery of Stripe, given the body's bytes as they came. Throws `validation` unless one of the secrets has
 * signed these very bytes within five minutes of now, and where they are no event.
 */
export function verifyEvent(
	body: Buffer,
	signature: string | undefined,
	secrets: readonly string[],
): SignedEvent {
	requireSignature(body, signature, secrets);
	const problem = findJsonProblem(body, {
		maxValues: jsonValueLimit(BODY_LIMIT.webhook),
		maxDepth: MAX_DEPTH,
	});
	if (problem === 'depth' || problem === 'values') throw noEvent();
	const json = parseJson(body);
	const event = eventSchema.safeParse(json);
	if (!event.success) throw noEvent();
	const { id, type, data } = event.data;
	const { object } = dataSchema.safeParse(data).data ?? {};
	return { id, type, object, payload: problem === 'text' ? null : (json as object) };
}

function requireSignature(body: Buffer, signature: string | undefined, secrets: readonly string[]): void {
	if (!signature) throw refusal('Stripe-Signature is missing');
	if (signedAt(signature) > Date.now() / 1000 + TOLERANCE_SECONDS)
		throw refusal('the signature is from the future');
	if (!secrets.some((secret) => isSignedWith(secret, body, signature)))
		throw refusal('the signature doesn’t match the body, or is too old');
}

function isSignedWith(secret: string, body: Buffer, signature: string): boolean {
	try {
		return Stripe.webhooks.signature?.verifyHeader(body, signature, secret, TOLERANCE_SECONDS) ?? false;
	} catch {
		// Stripe's library throws errors of several kinds for a header it can't read, such as one with an empty `v1=`.
		return false;
	}
}

function signedAt(signature: string): number {
	const [, seconds] = /(?:^|,)\s*t=(\d{1,12})(?:,|$)/.exec(signature) ?? [];
	return Number(seconds ?? 0);
}

function parseJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		throw noEvent();
	}
}

function refusal(message: string) {
	return validationError([{ path: 'headers.Stripe-Signature', message }]);
}

function noEvent() {
	return validationError([{ path: 'body', message: 'must be a Stripe event: JSON with an id and a type' }]);
}
