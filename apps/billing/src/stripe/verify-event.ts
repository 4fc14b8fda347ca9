import { BODY_LIMIT, jsonValueLimit } from '@creatorr/contracts/body-limit';
import { isStorableText } from '@creatorr/contracts/text';
import { validationError } from '@creatorr/contracts/validation';
import { findJsonProblem } from '@creatorr/service/json-scan';
import Stripe from 'stripe';
import { z } from 'zod';

/** Stripe signs each delivery again. An older one, or one from the future, is a replay or a forgery. */
const TOLERANCE_SECONDS = 300;
/** Deeper than any object of Stripe, and safe to traverse recursively. */
const MAX_DEPTH = 64;
/** Longer than any name in Stripe. A Postgres index accepts at most 2,700 bytes. */
const MAX_NAME_LENGTH = 255;

const nameSchema = z.string().min(1).max(MAX_NAME_LENGTH).refine(isStorableText);

/** The fields of every event. In events of API v2, `data` has another shape or is missing; nothing here depends on it. */
const eventSchema = z.object({ id: nameSchema, type: nameSchema, data: z.unknown().optional() });
const dataSchema = z.object({ object: z.unknown().optional() });

/** An authentic delivery from Stripe. */
export interface SignedEvent {
	id: string;
	type: string;
	/** The object of the event, if it names one. */
	object: unknown;
	/** The whole event; null if a database can't store its text. */
	payload: object | null;
}

/**
 * Parses the event of a delivery from its raw body. Throws `validation` unless one of the secrets has signed exactly these bytes within
 * five minutes of now, and the body is an event.
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
	if (problem === 'depth' || problem === 'values') throw notAnEvent();
	const json = parseJson(body);
	const event = eventSchema.safeParse(json);
	if (!event.success) throw notAnEvent();
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
		// Stripe's library throws errors of several kinds for a malformed header, such as one with an empty `v1=`.
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
		throw notAnEvent();
	}
}

function refusal(message: string) {
	return validationError([{ path: 'headers.Stripe-Signature', message }]);
}

function notAnEvent() {
	return validationError([{ path: 'body', message: 'must be a Stripe event: JSON with an id and a type' }]);
}
