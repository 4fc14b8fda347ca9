import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AppError } from '@creatorr/contracts/errors';
import { IDENTITY_REFUSED_HEADER, INTERNAL_AUDIENCE } from '@creatorr/contracts/identity';
import { idSchema } from '@creatorr/contracts/ids';
import type { Caller } from '@creatorr/contracts/operation';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** The user of a call, and the session or API key of the request. Only the gateway may name one. */
export interface User {
	id: string;
	/** Absent for a request with an API key. */
	sessionId?: string;
	key?: UserKey;
}

/** The API key of a request. */
export interface UserKey {
	id: string;
	/** The tools that it may create jobs with; null: every tool. */
	tools: readonly string[] | null;
}

/** A user with a session. */
export type SessionUser = User & { sessionId: string };

export interface Identity {
	caller: Caller;
	user: User | null;
}

export type SignIdentity = (user?: User) => string;
export type VerifyIdentity = (token: string | undefined) => Identity;

const LIFETIME_SECONDS = 60;
/** How long a signed identity is reused. The rest of its lifetime covers clock differences and slow requests. */
const REUSE_MS = 20_000;
const CACHE_SIZE = 20_000;

const claimsSchema = z.object({
	iss: z.enum(['gateway', 'auth', 'files', 'jobs', 'billing', 'webhooks', 'tool-worker']),
	exp: z.number(),
	sub: idSchema('usr').optional(),
	sid: idSchema('ses').optional(),
	key: z.object({ id: idSchema('key'), tools: z.array(z.string()).nullable() }).optional(),
});

/** Includes the tools, which their owner may change. */
function cacheKeyOf({ id, sessionId = '', key }: User): string {
	return key ? `${id} ${key.id} ${key.tools?.join() ?? '*'}` : `${id} ${sessionId}`;
}

function claimsOf({ sessionId, key }: User): object {
	return key ? { key } : { sid: sessionId };
}

/** Returns the user whom the claims name, if they also name the session or API key. */
function userOf({ sub, sid, key }: z.output<typeof claimsSchema>): User | null {
	if (sub === undefined) return null;
	if (key) return { id: sub, key };
	return sid === undefined ? null : { id: sub, sessionId: sid };
}

/** Signs internal identities as `caller` (ES256). Reuses each signed identity for 20 s, because signing costs more than the call itself. */
export function createIdentitySigner(caller: Caller, privateKeyPem: string): SignIdentity {
	const key = createPrivateKey(privateKeyPem);
	// By the clock that the expiry is compared with: a machine that was suspended must not send expired identities.
	const signed = new LRUCache<string, string>({ max: CACHE_SIZE, ttl: REUSE_MS, perf: Date });
	return (user) => {
		const cacheKey = user ? cacheKeyOf(user) : '';
		const known = signed.get(cacheKey);
		if (known) return known;
		const token = jwt.sign(user ? claimsOf(user) : {}, key, {
			algorithm: 'ES256',
			keyid: caller,
			issuer: caller,
			audience: INTERNAL_AUDIENCE,
			expiresIn: LIFETIME_SECONDS,
			...(user ? { subject: user.id } : {}),
		});
		signed.set(cacheKey, token);
		return token;
	};
}

function parseKeys(jwkSet: { keys: readonly (JsonWebKey & { kid: string })[] }): Map<string, KeyObject> {
	return new Map(jwkSet.keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
}

function verify(token: string, keys: Map<string, KeyObject>): { identity: Identity; expiresAtMs: number } {
	const kid = jwt.decode(token, { complete: true })?.header.kid;
	const key = kid === undefined ? undefined : keys.get(kid);
	if (!key || !kid) throw new Error('unknown key');
	const claims = claimsSchema.parse(
		jwt.verify(token, key, {
			algorithms: ['ES256'],
			audience: INTERNAL_AUDIENCE,
			issuer: kid,
			// Limits how long a leaked key's identities are valid after its replacement.
			maxAge: 2 * LIFETIME_SECONDS,
		}),
	);
	const user = userOf(claims);
	if (user && claims.iss !== 'gateway') throw new Error('only the gateway may name a user');
	return { identity: { caller: claims.iss, user }, expiresAtMs: claims.exp * 1000 };
}

/** Returns the error for a calling process that is refused. Its header tells the gateway that the user's token is not the reason. */
export function identityRefused(message: string, cause?: unknown): AppError {
	return new AppError('unauthorized', message, { cause, headers: { [IDENTITY_REFUSED_HEADER]: 'true' } });
}

/** Verifies internal identities. Throws `unauthorized`. Verifies a signature once per token, not once per request. */
export function createIdentityVerifier(jwkSet: {
	keys: readonly (JsonWebKey & { kid: string })[];
}): VerifyIdentity {
	const keys = parseKeys(jwkSet);
	const verified = new LRUCache<string, { identity: Identity; expiresAtMs: number }>({ max: CACHE_SIZE });
	return (token) => {
		try {
			if (!token) throw new Error('The internal identity is missing.');
			const known = verified.get(token) ?? verify(token, keys);
			if (known.expiresAtMs <= Date.now()) throw new Error('The internal identity has expired.');
			verified.set(token, known);
			return known.identity;
		} catch (cause) {
			throw identityRefused('The internal identity is invalid.', cause);
		}
	};
}
