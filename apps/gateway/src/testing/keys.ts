import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A P-256 key pair in the formats of the settings. */
export interface Keys {
	privateKey: KeyObject;
	pem: string;
	jwk(kid: string): Record<string, unknown> & { kid: string };
}

export function newKeys(): Keys {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	return {
		privateKey,
		pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		jwk: (kid) => ({ ...publicKey.export({ format: 'jwk' }), kid }),
	};
}
