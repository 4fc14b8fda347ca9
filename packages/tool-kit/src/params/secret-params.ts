import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { acceptedParams } from './params.ts';

const MAX_SECRET_CHARACTERS = 1024;

/** Declares a param such as a password: null by default, encrypted while it is stored, and never shown again. */
export function secretParam(description: string, title?: string) {
	return z
		.string()
		.min(1)
		.max(MAX_SECRET_CHARACTERS)
		.nullable()
		.default(null)
		.meta({ description, ...(title && { title }), format: 'password', writeOnly: true });
}

/** Returns the names of the params declared by {@link secretParam}. */
export function secretNames(params: z.ZodType): string[] {
	return Object.entries(acceptedParams(params)).flatMap(([name, schema]) => (schema.writeOnly ? [name] : []));
}

/** Replaces a secret wherever params are shown. */
export const REDACTED = '[redacted]';

const secretsSchema = z.record(z.string(), z.string());
type Secrets = z.infer<typeof secretsSchema>;

/** Separates the secrets from completed params: `redacted` may be stored and shown as it is, `secrets` must be sealed. */
export function splitSecrets(
	schema: z.ZodType,
	params: Record<string, unknown>,
): { redacted: Record<string, unknown>; secrets: Secrets } {
	const redacted = { ...params };
	const secrets: Secrets = {};
	for (const name of secretNames(schema)) {
		const value = params[name];
		if (typeof value !== 'string') continue;
		secrets[name] = value;
		redacted[name] = REDACTED;
	}
	return { redacted, secrets };
}

export interface Sealer {
	/** Returns null when there is nothing to seal. `ownerId`: the job or webhook endpoint of the secrets. */
	seal(secrets: Secrets, ownerId: string): string | null;
	/** Throws when the text was changed, belongs to another owner, or was sealed with an unknown key. */
	open(sealed: string, ownerId: string): Secrets;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 8;

/** Keys of 32 bytes in base64, separated by commas while one replaces another: the first seals, all open. */
export const sealingKeysSchema = z
	.string()
	.transform((text) => text.split(',').map((key) => Buffer.from(key, 'base64')))
	.refine((keys) => keys.every((key) => key.length === 32), { error: 'must be 32 bytes in base64 each' })
	.meta({
		description:
			'Keys (32 bytes each, base64, separated by commas) that encrypt document passwords between jobs and workers. The first encrypts, all decrypt.',
	});

/** Encrypts secrets, so that neither the database nor a message contains them in clear. */
export function createSealer(keys: readonly Buffer[]): Sealer {
	const [first] = keys;
	if (!first) throw new Error('at least one key is needed');
	return {
		seal(secrets, ownerId) {
			if (Object.keys(secrets).length === 0) return null;
			const nonce = randomBytes(NONCE_BYTES);
			const cipher = createCipheriv(ALGORITHM, first, nonce).setAAD(Buffer.from(ownerId));
			const text = Buffer.concat([cipher.update(JSON.stringify(secrets)), cipher.final()]);
			const sealed = Buffer.concat([nonce, cipher.getAuthTag(), text]);
			return `${keyId(first)}.${sealed.toString('base64url')}`;
		},
		open(sealed, ownerId) {
			const [id, body = ''] = sealed.split('.');
			const key = keys.find((one) => keyId(one) === id);
			if (!key) throw new Error('the secrets were sealed with an unknown key');
			const bytes = Buffer.from(body, 'base64url');
			const nonce = bytes.subarray(0, NONCE_BYTES);
			const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
			const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
				.setAAD(Buffer.from(ownerId))
				.setAuthTag(tag);
			const text = Buffer.concat([
				decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
				decipher.final(),
			]);
			return secretsSchema.parse(JSON.parse(text.toString()));
		},
	};
}

/** Identifies a key without revealing anything about it. */
function keyId(key: Buffer): string {
	return createHash('sha256').update('param key id').update(key).digest('base64url').slice(0, KEY_ID_LENGTH);
}
