import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { startHttpServer } from '../../driver/http-server.ts';
import { readSigningKey, readToken, type SigningKey, signToken, unsignedToken } from './signing-key.ts';

type Part = Record<string, unknown>;

/** What forgeries are made of: a valid token, the key that signed it, and a key of the attacker. */
export interface ForgeryTools {
	token: string;
	header: Part;
	claims: Part;
	key: SigningKey;
	attacker: { privateKey: KeyObject; publicKey: KeyObject };
}

export async function forgeryTools(token: string): Promise<ForgeryTools> {
	const { header, claims } = readToken(token);
	const key = await readSigningKey(String(header.kid));
	return { token, header, claims, key, attacker: generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

type Forge = (tools: ForgeryTools) => string;

const nowSeconds = () => Math.floor(Date.now() / 1_000);
const jwkOf = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ format: 'jwk' });

/** Signed with auth's own key, so that only the check of the claims rejects it. */
const withClaims =
	(change: (claims: Part) => Part): Forge =>
	({ header, claims, key }) =>
		signToken(header, { ...claims, ...change(claims) }, key.privateKey);

/** Signed by the attacker, with these fields of the header. */
const byAttacker =
	(fields: (tools: ForgeryTools) => Part): Forge =>
	(tools) =>
		signToken({ ...tools.header, ...fields(tools) }, tools.claims, tools.attacker.privateKey);

const withKeyId = (kid: unknown) => byAttacker(() => ({ kid }));

const withHmac =
	(alg: string, secretOf: (key: SigningKey) => string | Buffer): Forge =>
	({ header, claims, key }) => {
		const signed = unsignedToken({ ...header, alg }, claims);
		const digest = createHmac(alg.replace('HS', 'sha'), secretOf(key));
		return `${signed}.${digest.update(signed).digest('base64url')}`;
	};

const withAlgorithm =
	(alg: string): Forge =>
	({ header, claims, key }) =>
		signToken({ ...header, alg }, claims, key.privateKey);

const unsigned =
	(alg: string): Forge =>
	({ header, claims }) =>
		`${unsignedToken({ ...header, alg }, claims)}.`;

/** The token's own signature under other claims. */
const changed =
	(change: (claims: Part) => Part): Forge =>
	({ token, header, claims }) =>
		`${unsignedToken(header, { ...claims, ...change(claims) })}.${token.split('.')[2]}`;

/** The token with another signature. */
const withSignature =
	(change: (signature: string) => string): Forge =>
	({ token }) => {
		const [header, claims, signature = ''] = token.split('.');
		return [header, claims, change(signature)].join('.');
	};

/** Forges by what follows "a token" in the name of a test. */
const FORGES: Readonly<Record<string, Forge>> = {
	'that has expired': withClaims(() => ({ exp: nowSeconds() - 1 })),
	'that expired when it was made': withClaims(({ iat }) => ({ exp: iat })),
	'that is not valid yet': withClaims(() => ({ nbf: nowSeconds() + 3_600 })),
	'for another audience': withClaims(() => ({ aud: 'creatorr-internal' })),
	'of another issuer': withClaims(() => ({ iss: 'gateway' })),
	'without exp': withClaims(() => ({ exp: undefined })),
	'without sub': withClaims(() => ({ sub: undefined })),
	'without sid': withClaims(() => ({ sid: undefined })),
	'without aud': withClaims(() => ({ aud: undefined })),
	'without iss': withClaims(() => ({ iss: undefined })),
	'whose expiry is text': withClaims(() => ({ exp: '9999999999' })),
	'whose user is no user': withClaims(({ sid }) => ({ sub: sid })),
	'whose session is no session': withClaims(({ sub }) => ({ sid: sub })),
	'whose user is a list': withClaims(({ sub }) => ({ sub: [sub] })),
	'whose session never was': withClaims(() => ({ sid: 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV' })),
	'without a signature (alg "none")': unsigned('none'),
	'without a signature (alg "None")': unsigned('None'),
	'without a signature (alg "NONE")': unsigned('NONE'),
	'without a signature (alg "nOnE")': unsigned('nOnE'),
	'without a signature (alg "")': unsigned(''),
	'that says none and is signed': withAlgorithm('none'),
	'that says another curve': withAlgorithm('ES384'),
	'that says RSA': withAlgorithm('RS256'),
	'signed with the public key as a secret (PEM)': withHmac('HS256', ({ publicKey }) =>
		publicKey.export({ type: 'spki', format: 'pem' }),
	),
	'signed with the public key as a secret (DER)': withHmac('HS256', ({ publicKey }) =>
		publicKey.export({ type: 'spki', format: 'der' }),
	),
	'signed with the public key as a secret (JWK)': withHmac('HS512', (key) => JSON.stringify(jwkOf(key))),
	'signed with nothing as a secret': withHmac('HS256', () => ''),
	'signed with another key': byAttacker(() => ({})),
	'that brings its key along': byAttacker(({ attacker }) => ({ jwk: jwkOf(attacker), x5c: [] })),
	'of a key that is not known': withKeyId(randomUUID()),
	'of a key in a file': withKeyId('../../../../../../dev/null'),
	'of a key by SQL': withKeyId("x' UNION SELECT 'key' -- "),
	'of a key by a command': withKeyId('x|/usr/bin/id'),
	'of a key at an address': withKeyId('http://127.0.0.1:1/jwks'),
	'of a key that all objects have': withKeyId('__proto__'),
	'of a key with an endless name': withKeyId('k'.repeat(1_000)),
	'of a key without a name': withKeyId(''),
	'of a key that is a list': withKeyId(['x']),
	'of a key that is an object': withKeyId({ $ne: null }),
	'of no key': withKeyId(undefined),
	'whose user was changed after it was signed': changed(() => ({ sub: 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV' })),
	'whose expiry was changed after it was signed': changed(({ exp }) => ({ exp: Number(exp) + 1 })),
	'whose signature was cut': withSignature((signature) => signature.slice(0, -4)),
	'whose signature is empty': withSignature(() => ''),
	'whose signature is zero': withSignature(() => Buffer.alloc(64).toString('base64url')),
	'whose signature was changed': withSignature(
		(signature) => `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`,
	),
	'of two parts': ({ token }) => token.split('.').slice(0, 2).join('.'),
	'of four parts': ({ token }) => `${token}.${token.split('.')[2]}`,
	'that is no JSON': () => 'bm90.bm90.bm90',
	'that is deeply nested': () => `${Buffer.from('['.repeat(500)).toString('base64url')}.e30.e30`,
};
export const forgeries = Object.entries(FORGES);

/** Tokens that name the address of their key, and a listener there. */
export async function listenForKeys({ header, claims, attacker }: ForgeryTools) {
	let requests = 0;
	const { url: base, stop } = await startHttpServer((_req, res) => {
		requests += 1;
		const jwk = { ...jwkOf(attacker), kid: header.kid, alg: 'ES256', use: 'sig' };
		res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
	});
	const url = `${base}/jwks`;
	const fields = [{ jku: url }, { x5u: url }, { kid: url }, { jku: url, kid: randomUUID() }];
	return {
		tokens: fields.map((more) => signToken({ ...header, ...more }, claims, attacker.privateKey)),
		requests: () => requests,
		stop,
	};
}
