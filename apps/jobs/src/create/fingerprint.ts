import { createHmac, hkdfSync } from 'node:crypto';

export type Fingerprint = (body: unknown) => string;

/**
 * Returns a function that fingerprints requests to create a job. Equal requests have equal fingerprints. The hash is keyed (HMAC),
 * because params may hold a password, which anyone who reads the table could guess from a plain hash.
 */
export function createFingerprint(secret: string): Fingerprint {
	const key = Buffer.from(hkdfSync('sha256', secret, '', 'creatorr jobs idempotency fingerprint', 32));
	const keyId = createHmac('sha256', key).update('key id').digest('hex').slice(0, 16);
	return (body) =>
		`${keyId}.${createHmac('sha256', key)
			.update(canonicalJson(identifyingFields(body)))
			.digest('hex')}`;
}

/** Returns the fields that identify the request, before defaults. Missing params are the same request as empty ones. */
function identifyingFields(body: unknown): unknown {
	if (typeof body !== 'object' || body === null) return body ?? null;
	const { tool, input_file_id, params = {} } = body as Record<string, unknown>;
	return { tool, input_file_id, params };
}

/** Returns JSON text that is the same for equal values, whatever the order of their fields. For values that came out of JSON. */
function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const fields = Object.entries(value).filter(([, item]) => item !== undefined);
	fields.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(',')}}`;
}

/**
 * Returns whether two fingerprints are of the same request. After a change of `INTERNAL_PRIVATE_KEY`, older ones can't be compared. They
 * then count as the same, because a reused idempotency key is most likely a retry.
 */
export function isSameRequest(stored: string, current: string): boolean {
	const keyIdOf = (fingerprint: string) => fingerprint.split('.')[0];
	return stored === current || keyIdOf(stored) !== keyIdOf(current);
}
