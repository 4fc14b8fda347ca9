import {
	createCipheriv,
	createDecipheriv,
	createPrivateKey,
	generateKeyPairSync,
	type KeyObject,
	randomBytes,
	randomUUID,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** As RFC 7517 defines it. */
export type PublicJwk = {
	kid: string;
	kty: 'EC';
	crv: 'P-256';
	x: string;
	y: string;
	alg: 'ES256';
	use: 'sig';
};

/** A key pair as it is stored. */
export interface StoredSigningKey {
	kid: string;
	publicJwk: PublicJwk;
	privateKeyEncrypted: Uint8Array<ArrayBuffer>;
}

/** The private half. */
export interface SigningKey {
	kid: string;
	privateKey: KeyObject;
}

/** The private keys in the database were encrypted with another key than this process has. */
export class WrongEncryptionKeyError extends Error {
	override name = 'WrongEncryptionKeyError';
}

function encrypt(kid: string, plain: Buffer, encryptionKey: Buffer): Uint8Array<ArrayBuffer> {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, encryptionKey, nonce, { authTagLength: TAG_BYTES });
	cipher.setAAD(Buffer.from(kid));
	const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
	return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]));
}

function decrypt(kid: string, sealed: Uint8Array, encryptionKey: Buffer): Buffer {
	const nonce = sealed.subarray(0, NONCE_BYTES);
	const decipher = createDecipheriv(CIPHER, encryptionKey, nonce, { authTagLength: TAG_BYTES });
	decipher.setAAD(Buffer.from(kid));
	decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
	return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/** Returns a new ES256 key pair, its private half encrypted with these 32 bytes. */
export function makeSigningKey(encryptionKey: Buffer): StoredSigningKey {
	const kid = randomUUID();
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
	const publicJwk: PublicJwk = { kid, kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', use: 'sig' };
	const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
	return { kid, publicJwk, privateKeyEncrypted: encrypt(kid, pkcs8, encryptionKey) };
}

/** Decrypts the private half of a stored key. Throws a {@link WrongEncryptionKeyError}. */
export function openSigningKey(stored: StoredSigningKey, encryptionKey: Buffer): SigningKey {
	try {
		const pkcs8 = decrypt(stored.kid, stored.privateKeyEncrypted, encryptionKey);
		return { kid: stored.kid, privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
	} catch (cause) {
		throw new WrongEncryptionKeyError(
			'AUTH_KEY_ENCRYPTION_KEY doesn’t match the signing key in the database. Set the key that encrypted it.',
			{ cause },
		);
	}
}
