import { generateKeyPairSync } from 'node:crypto';
import { createIdentitySigner, createIdentityVerifier } from '@creatorr/service/identity';

const callers = ['gateway', 'auth', 'files', 'tool-worker', 'billing', 'webhooks'] as const;

const keyPairs = callers.map((caller) => {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	return {
		caller,
		pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		jwk: { ...publicKey.export({ format: 'jwk' }), kid: caller },
	};
});

/** INTERNAL_PRIVATE_KEY of a caller. */
export function privateKeyOf(caller: (typeof callers)[number]): string {
	return keyPairs.find((pair) => pair.caller === caller)?.pem ?? '';
}

/** INTERNAL_KEYS */
export const internalKeys = { keys: keyPairs.map(({ jwk }) => jwk) };

export const verifyIdentity = createIdentityVerifier(internalKeys);
export const signAsGateway = createIdentitySigner('gateway', privateKeyOf('gateway'));
export const signAsWorker = createIdentitySigner('tool-worker', privateKeyOf('tool-worker'));
export const signAsBilling = createIdentitySigner('billing', privateKeyOf('billing'));
