import { randomBytes } from 'node:crypto';
import { createSealer } from '@creatorr/tool-kit/params/secret-params';

/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** Returns a new signing secret. */
export function newSecret(): string {
	return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** Encrypts signing secrets, so that a copy of the database can't be used to sign. */
export interface SecretSealer {
	seal(secret: string, endpointId: string): string;
	/** Throws if the text was changed, belongs to another endpoint, or was sealed with an unknown key. */
	open(sealed: string, endpointId: string): string;
}

export function createSecretSealer(keys: readonly Buffer[]): SecretSealer {
	const sealer = createSealer(keys);
	return {
		seal: (secret, endpointId) => sealer.seal({ secret }, endpointId) ?? '',
		open: (sealed, endpointId) => sealer.open(sealed, endpointId).secret ?? '',
	};
}
