import { createHmac, hkdfSync } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

export type Fingerprint = (body: unknown) => string;

/**
 * Makes fingerprints of requests to create a job, equal for requests that ask the same. Keyed, because params may hold a
 * password, which a plain hash would let whoever reads the table guess.
 */
export function createFingerprint(secret: string): Fingerprint {
	const key = Buffer.from(hkdfSync('sha256', secret, '', 'creatorr jobs idempotency fingerprint', 32));
	const keyId = createHmac('sha256', key).update('key id').digest('hex').slice(0, 16);
	return (body) =>
		`${keyId}.${createHmac('sha256', key)
			.update(canonicalJson(asSent(body)))
			.digest('hex')}`;
}

/** The fields that count, before defaults; missing params are the same request as empty ones. */
function asSent(body: unknown): unknown {
	if (typeof body !== 'object' || body === null) return body ?? null;
	const { tool, input_file_id, params = {} } = body as Record<string, unknown>;
	return { tool, input_file_id, params };
}

/**
 * Whether two fingerprints are of the same request. Of one made before the key was changed nothing can be told; it counts as
 * the same then, since repeats are what idempotency keys are for.
 */
export function isSameRequest(stored: string, current: string): boolean {
	const keyIdOf = (fingerprint: string) => fingerprint.split('.')[0];
	return stored === current || keyIdOf(stored) !== keyIdOf(current);
}
