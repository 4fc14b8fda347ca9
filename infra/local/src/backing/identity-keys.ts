import { createPublicKey } from 'node:crypto';
import { CALLERS, type Caller } from './make-secrets.ts';

/** The public keys of everybody who calls others inside, as a JWKS; `kid` is the caller's name. */
export function publicIdentityKeys({ identityKeys }: { identityKeys: Record<Caller, string> }): string {
	const keys = CALLERS.map((caller) => ({
		kid: caller,
		alg: 'ES256',
		use: 'sig',
		...createPublicKey(identityKeys[caller]).export({ format: 'jwk' }),
	}));
	return JSON.stringify({ keys });
}
