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
import { queryDatabase } from './database.ts';
import { home } from './processes.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key that signs the tokens of the running stack, as only who owns its database and its secrets can have it. */
export interface SigningKey {
	privateKey: KeyObject;
	/** As an attacker may know it. */
	publicKey: KeyObject;
}

interface Row {
	public_jwk: JsonWebKey;
	private_key_encrypted: Buffer;
}

async function readRow(kid: string): Promise<Row> {
	const [row] = await queryDatabase<Row>(
		'auth',
		'SELECT public_jwk, private_key_encrypted FROM signing_keys WHERE kid = $1',
		[kid],
	);
	if (!row) throw new Error(`no signing key ${kid}`);
	return row;
}

/** The key with this id, from the database of auth and the secrets of the stack. */
export async function readSigningKey(kid: string): Promise<SigningKey> {
	const { public_jwk, private_key_encrypted: sealed } = await readRow(kid);
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

/** The two halves of a token that are signed, as they travel. */
export function unsignedToken(header: Part, claims: Part): string {
	return `${encode(header)}.${encode(claims)}`;
}

/** A token of this header and these claims, whatever they say, signed as ES256 is. */
export function signToken(header: Part, claims: Part, privateKey: KeyObject): string {
	const signed = unsignedToken(header, claims);
	const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
	return `${signed}.${signature.toString('base64url')}`;
}

/** What a token says. */
export function readToken(token: string): { header: Part; claims: Part; signature: string } {
	const [header = '', claims = '', signature = ''] = token.split('.');
	const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
	return { header: decode(header), claims: decode(claims), signature };
}
