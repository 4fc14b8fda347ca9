import { generateKeyPairSync } from 'node:crypto';
import { createIdentitySigner } from '@creatorr/service/identity';

function makePair(kid: string) {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
	return { pem, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

/** Creates keys of the gateway and of billing. */
export function makeIdentities() {
	const [gateway, billing] = [makePair('gateway'), makePair('billing')];
	return {
		signAsGateway: createIdentitySigner('gateway', gateway.pem),
		/** PEM of billing's key. */
		privateKey: billing.pem,
		/** JWK set in JSON. */
		keySet: JSON.stringify({ keys: [gateway.jwk, billing.jwk] }),
	};
}
