import {
	createDecipheriv,
	createPrivateKey,
	createPublicKey,
	type JsonWebKey,
	type KeyObject,
	sign,
} from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queryDatabase } from '../../driver/database.ts';
import { home } from '../../driver/processes.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key that signs the tokens of the running product. Reading it takes its database and its secrets. */
export interface SigningKey {
	privateKey: KeyObject;
	publicKey: KeyObject;
}

interface Row {
	public_jwk: JsonWebKey;
	private_key_encrypted: Buffer;
}

/** Returns the key with this id. */
export async function readSigningKey(kid: string): Promise<SigningKey> {
	const sql = 'SELECT public_jwk, private_key_encrypted FROM signing_keys WHERE kid = $1';
	const [row] = await queryDatabase<Row>('auth', sql, [kid]);
	if (!row) throw new Error(`no signing key ${kid}`);
	const { public_jwk, private_key_encrypted: sealed } = row;
	const secrets = JSON.parse(await readFile(join(home(), 'secrets.json'), 'utf8'));
	const encryptionKey = Buffer.from(secrets.authKeyEncryptionKey, 'base64');
	const decipher = createDecipheriv('aes-256-gcm', encryptionKey, sealed.subarray(0, NONCE_BYTES));
	decipher.setAAD(Buffer.from(kid));
	decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
	const pkcs8 = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
	return {
		privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
		publicKey: createPublicKey({ key: public_jwk, format: 'jwk' }),
	};
}

type Part = Record<string, unknown>;

const encode = (part: Part) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Returns the part of a token that is signed. */
export function unsignedToken(header: Part, claims: Part): string {
	return `${encode(header)}.${encode(claims)}`;
}

/** Returns a token with this header and these claims, signed as for ES256. */
export function signToken(header: Part, claims: Part, privateKey: KeyObject): string {
	const signed = unsignedToken(header, claims);
	const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
	return `${signed}.${signature.toString('base64url')}`;
}

/** Returns the content of a token. */
export function readToken(token: string): { header: Part; claims: Part; signature: string } {
	const [header = '', claims = '', signature = ''] = token.split('.');
	const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
	return { header: decode(header), claims: decode(claims), signature };
}
