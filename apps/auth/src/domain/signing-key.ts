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

/** As RFC 7517 has it. */
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

/** The pair's half that signs. */
export interface SigningKey {
	kid: string;
	privateKey: KeyObject;
}

/** A key to come. */
export interface NextKey {
	make: () => StoredSigningKey;
	/** It is published at once and signs after this: longer than gateways take to know it. */
	signsInSeconds: number;
	/** How long the tokens live that the last one still signs. */
	tokenTtlSeconds: number;
}

export interface DescribedKey {
	kid: string;
	createdAt: Date;
	signsFrom: Date;
	expiresAt: Date | null;
}

/** Gateways know a new key within some seconds; this is for one that could not ask for a while. */
export const PUBLISHED_BEFORE_SIGNING_SECONDS = 180;

/** Reads and makes stored keys. There is always one that has no end yet, and, but for a time when it is new, it signs. */
export interface SigningKeyStore {
	/** The key that signs now. When there is none, the one that `make` gives is stored, by one caller of all that ask at once. */
	loadOrInsert(make: () => StoredSigningKey): Promise<StoredSigningKey>;
	/** The public halves of all keys that tokens in use may be signed with, and of those that will sign. */
	listPublic(): Promise<PublicJwk[]>;
	/** All keys, the one that signs last first. */
	describe(): Promise<DescribedKey[]>;
	/** Adds the next key and answers its id; with `olderThanSeconds` only when the last one has signed for so long, else null. */
	rotate(next: NextKey, olderThanSeconds?: number): Promise<string | null>;
	/**
	 * Ends a key at once, and sees to it that another signs; false when there is none of this id. What it has signed is refused
	 * everywhere as soon as every gateway has renewed its lease.
	 */
	retire(kid: string, next: NextKey): Promise<boolean>;
}

/** The private keys in the database were encrypted with another key than this process was given. */
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

/** A new ES256 key pair, its private half encrypted with these 32 bytes. */
export function makeSigningKey(encryptionKey: Buffer): StoredSigningKey {
	const kid = randomUUID();
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
	const publicJwk: PublicJwk = { kid, kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', use: 'sig' };
	const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
	return { kid, publicJwk, privateKeyEncrypted: encrypt(kid, pkcs8, encryptionKey) };
}

/** The private half of a stored key. Throws a {@link WrongEncryptionKeyError}. */
export function openSigningKey(stored: StoredSigningKey, encryptionKey: Buffer): SigningKey {
	try {
		const pkcs8 = decrypt(stored.kid, stored.privateKeyEncrypted, encryptionKey);
		return { kid: stored.kid, privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
	} catch (cause) {
		throw new WrongEncryptionKeyError(
			'AUTH_KEY_ENCRYPTION_KEY is not the key that the signing key in the database was encrypted with',
			{ cause },
		);
	}
}

/**
 * Answers the key that signs now, made at the first boot of all. The store is asked each time, so that all replicas change to
 * the next key at the same moment and none signs with one that was retired; it is opened once.
 */
export function createSigningKeySource(
	store: Pick<SigningKeyStore, 'loadOrInsert'>,
	encryptionKey: Buffer,
): () => Promise<SigningKey> {
	let opened: SigningKey | undefined;
	return async () => {
		const stored = await store.loadOrInsert(() => makeSigningKey(encryptionKey));
		if (opened?.kid !== stored.kid) opened = openSigningKey(stored, encryptionKey);
		return opened;
	};
}
