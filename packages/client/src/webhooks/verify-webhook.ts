import type { WebhookEvent } from '../types.ts';

/** The headers of a request: a `Headers` object, or an object with lower-case names as Node has it. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request isn't a delivery of creatorr, or was changed, or is too old. Respond with 400. */
export class WebhookVerificationError extends Error {
	override readonly name = 'WebhookVerificationError';
}

/** How far the clocks of sender and receiver may differ. */
const TOLERANCE_SECONDS = 300;
const SCHEME = 'v1,';

/**
 * Verifies a delivery (Standard Webhooks 1.0) and returns its event. The same event can arrive again, with the same `id`.
 * @param rawBody the body exactly as it arrived: parsing and serializing it again changes it
 * @param secret the endpoint's secret, `whsec_…`
 * @throws WebhookVerificationError if the request can't be trusted
 */
export async function verifyWebhook(
	headers: WebhookHeaders,
	rawBody: string | Uint8Array,
	secret: string,
): Promise<WebhookEvent> {
	const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => {
		const value = read(headers, `webhook-${name}`);
		if (value === undefined) throw new WebhookVerificationError(`The header webhook-${name} is missing.`);
		return value;
	}) as [string, string, string];
	const ageSeconds = Date.now() / 1_000 - Number(timestamp);
	if (!(Math.abs(ageSeconds) <= TOLERANCE_SECONDS))
		throw new WebhookVerificationError(
			'The timestamp differs from the time of this machine by more than 5 minutes. Check its clock.',
		);
	const body = typeof rawBody === 'string' ? new TextEncoder().encode(rawBody) : rawBody;
	const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), body);
	const key = await crypto.subtle.importKey('raw', keyOf(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
		'verify',
	]);
	// `verify` takes the same time for every wrong signature.
	for (const signature of signatures.split(' ').filter((one) => one.startsWith(SCHEME))) {
		const bytes = decode(signature.slice(SCHEME.length));
		if (bytes && (await crypto.subtle.verify('HMAC', key, bytes, signed)))
			return { id, ...JSON.parse(new TextDecoder().decode(body)) };
	}
	throw new WebhookVerificationError(
		'No signature matches. Check that the secret is the one of this endpoint, and pass the body as it arrived.',
	);
}

function read(headers: WebhookHeaders, name: string): string | undefined {
	if (headers instanceof Headers) return headers.get(name) ?? undefined;
	const value = headers[name];
	return typeof value === 'string' ? value : value?.[0];
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
	const key = decode(secret.replace(/^whsec_/, ''));
	if (!key) throw new TypeError('The secret must be whsec_ followed by base64.');
	return key;
}

function decode(base64: string): Uint8Array<ArrayBuffer> | undefined {
	try {
		return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
	} catch {
		return undefined;
	}
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
	const all = new Uint8Array(first.length + second.length);
	all.set(first);
	all.set(second, first.length);
	return all;
}
