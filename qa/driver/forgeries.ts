import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readSigningKey, readToken, type SigningKey, signToken, unsignedToken } from './signing-key.ts';

type Part = Record<string, unknown>;

/** What forgeries are made of: a token that is good, the key that signed it, and one of the attacker's own. */
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

/** Signed by the very key of auth, with other claims: what stands between is that the claims are checked. */
function withClaims(change: (claims: Part) => Part): Forge {
	return ({ header, claims, key }) => signToken(header, change(claims), key.privateKey);
}

const without = (name: string) =>
	withClaims((claims) => {
		const { [name]: _, ...rest } = claims;
		return rest;
	});

/** Signed by the attacker, who names this key. */
function withKeyId(kid: unknown): Forge {
	return ({ header, claims, attacker }) => signToken({ ...header, kid }, claims, attacker.privateKey);
}

function withHmac(alg: string, secretOf: (key: SigningKey) => string | Buffer): Forge {
	return ({ header, claims, key }) => {
		const signed = unsignedToken({ ...header, alg }, claims);
		const digest = alg.replace('HS', 'sha');
		return `${signed}.${createHmac(digest, secretOf(key)).update(signed).digest('base64url')}`;
	};
}

function withAlgorithm(alg: string): Forge {
	return ({ header, claims, key }) => signToken({ ...header, alg }, claims, key.privateKey);
}

function unsigned(alg: string): Forge {
	return ({ header, claims }) => `${unsignedToken({ ...header, alg }, claims)}.`;
}

/** The token's own halves under another signature. */
function withSignature(signatureOf: (signature: string) => string): Forge {
	return ({ token }) => {
		const [header, claims, signature = ''] = token.split('.');
		return [header, claims, signatureOf(signature)].join('.');
	};
}

const SOMEONE = 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** What it is, after "a token", and how it is made. */
export const forgeries: [string, Forge][] = [
	['that has expired', withClaims((claims) => ({ ...claims, exp: nowSeconds() - 1 }))],
	['that expired when it was made', withClaims((claims) => ({ ...claims, exp: claims.iat }))],
	['that is not valid yet', withClaims((claims) => ({ ...claims, nbf: nowSeconds() + 3_600 }))],
	['for another audience', withClaims((claims) => ({ ...claims, aud: 'creatorr-internal' }))],
	['of another issuer', withClaims((claims) => ({ ...claims, iss: 'gateway' }))],
	...['exp', 'sub', 'sid', 'aud', 'iss'].map((name): [string, Forge] => [`without ${name}`, without(name)]),
	['whose expiry is text', withClaims((claims) => ({ ...claims, exp: '9999999999' }))],
	['whose user is no user', withClaims((claims) => ({ ...claims, sub: claims.sid }))],
	['whose session is no session', withClaims((claims) => ({ ...claims, sid: claims.sub }))],
	['whose user is a list', withClaims((claims) => ({ ...claims, sub: [claims.sub] }))],
	['whose session never was', withClaims((claims) => ({ ...claims, sid: 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV' }))],
	...['none', 'None', 'NONE', 'nOnE', ''].map((alg): [string, Forge] => [
		`that nobody signed (alg ${JSON.stringify(alg)})`,
		unsigned(alg),
	]),
	['that says none and is signed', withAlgorithm('none')],
	['that says another curve', withAlgorithm('ES384')],
	['that says RSA', withAlgorithm('RS256')],
	[
		'signed with the public key as a secret (PEM)',
		withHmac('HS256', ({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' })),
	],
	[
		'signed with the public key as a secret (DER)',
		withHmac('HS256', ({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' })),
	],
	[
		'signed with the public key as a secret (JWK)',
		withHmac('HS512', ({ publicKey }) => JSON.stringify(publicKey.export({ format: 'jwk' }))),
	],
	['signed with nothing as a secret', withHmac('HS256', () => '')],
	[
		'signed with another key',
		({ header, claims, attacker }) => signToken(header, claims, attacker.privateKey),
	],
	[
		'that brings its key along',
		({ header, claims, attacker }) => {
			const jwk = attacker.publicKey.export({ format: 'jwk' });
			return signToken({ ...header, jwk, x5c: [] }, claims, attacker.privateKey);
		},
	],
	['of a key that is not known', withKeyId(randomUUID())],
	['of a key in a file', withKeyId('../../../../../../dev/null')],
	['of a key by SQL', withKeyId("x' UNION SELECT 'key' -- ")],
	['of a key by a command', withKeyId('x|/usr/bin/id')],
	['of a key at an address', withKeyId('http://127.0.0.1:1/jwks')],
	['of a key that all objects have', withKeyId('__proto__')],
	['of a key with an endless name', withKeyId('k'.repeat(1_000))],
	['of a key without a name', withKeyId('')],
	['of a key that is a list', withKeyId(['x'])],
	['of a key that is an object', withKeyId({ $ne: null })],
	[
		'of no key',
		({ header, claims, attacker }) => signToken({ alg: header.alg }, claims, attacker.privateKey),
	],
	[
		'whose user was changed after it was signed',
		({ token, header, claims }) =>
			`${unsignedToken(header, { ...claims, sub: SOMEONE })}.${token.split('.')[2]}`,
	],
	[
		'whose expiry was changed after it was signed',
		({ token, header, claims }) =>
			`${unsignedToken(header, { ...claims, exp: Number(claims.exp) + 1 })}.${token.split('.')[2]}`,
	],
	['whose signature was cut', withSignature((signature) => signature.slice(0, -4))],
	['whose signature is empty', withSignature(() => '')],
	['whose signature is zero', withSignature(() => Buffer.alloc(64).toString('base64url'))],
	[
		'whose signature was changed',
		withSignature((signature) => `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`),
	],
	['of two parts', ({ token }) => token.split('.').slice(0, 2).join('.')],
	['of four parts', ({ token }) => `${token}.${token.split('.')[2]}`],
	['that is no JSON', () => 'bm90.bm90.bm90'],
	['that is deeply nested', () => `${Buffer.from('['.repeat(500)).toString('base64url')}.e30.e30`],
];

/** Tokens that say where their key is, and a listener there. */
export async function listenForKeys({ header, claims, attacker }: ForgeryTools) {
	let requests = 0;
	const server = createServer((_req, res) => {
		requests += 1;
		const jwk = {
			...attacker.publicKey.export({ format: 'jwk' }),
			kid: header.kid,
			alg: 'ES256',
			use: 'sig',
		};
		res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
	const sign = (more: Part) => signToken({ ...header, ...more }, claims, attacker.privateKey);
	return {
		tokens: [
			sign({ jku: url }),
			sign({ x5u: url }),
			sign({ kid: url }),
			sign({ jku: url, kid: randomUUID() }),
		],
		requests: () => requests,
		close: () => new Promise((resolve) => server.close(resolve)),
	};
}
