import type { KeyObject } from 'node:crypto';
import { unavailable } from '@creatorr/contracts/errors';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '@creatorr/contracts/identity';
import { idSchema } from '@creatorr/contracts/ids';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { unauthorized } from './bearer-token.ts';
import type { Session } from './credential.ts';
import { AUTHENTICATION } from './live-credentials.ts';
import type { SigningKeySet } from './signing-key-set.ts';

interface Deps {
	signingKeys: Pick<SigningKeySet, 'find' | 'refresh' | 'version'>;
	/** Limit of cached tokens. */
	capacity: number;
}

/** Verifies tokens of auth: only ES256, with issuer, audience, expiry and ids. */
export interface TokenVerifier {
	/** Returns the session of a verified token from the cache. Throws `unauthorized` after its expiry. */
	findCached(token: string): Session | undefined;
	/** Rejects with `unauthorized`, or with `upstream_unavailable` if the token names a key that can't be loaded. */
	verify(token: string): Promise<Session>;
}

const headerSchema = z.object({ alg: z.literal('ES256'), kid: z.string().max(200) });
const claimsSchema = z.object({
	iss: z.literal(TOKEN_ISSUER),
	aud: z.literal(TOKEN_AUDIENCE),
	exp: z.number(),
	sub: idSchema('usr'),
	sid: idSchema('ses'),
});

const refused = (cause: unknown) => unauthorized('The token is invalid. Sign in again.', cause);
const expired = () => unauthorized('The token has expired. Sign in again.');

/** Reads the claims of a token without verifying its signature. */
function readClaims(token: string): { keyId: string; session: Session } {
	try {
		const decoded = jwt.decode(token, { complete: true });
		const { kid } = headerSchema.parse(decoded?.header);
		const { sub, sid, exp } = claimsSchema.parse(decoded?.payload);
		return {
			keyId: kid,
			session: { kind: 'session', userId: sub, credentialId: sid, expiresAtMs: exp * 1000 },
		};
	} catch (cause) {
		throw refused(cause);
	}
}

function verifySignature(token: string, key: KeyObject): void {
	try {
		jwt.verify(token, key, { algorithms: ['ES256'], issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });
	} catch (cause) {
		throw refused(cause);
	}
}

/** Loads the signing keys before it rejects a token, because auth may have published a new one. */
async function findNewKey(signingKeys: Deps['signingKeys'], keyId: string): Promise<KeyObject> {
	await signingKeys.refresh().catch((cause: unknown) => {
		throw unavailable(AUTHENTICATION, cause);
	});
	const key = signingKeys.find(keyId);
	if (!key) throw refused(new Error('no such key'));
	return key;
}

/** Caches verified tokens, so that each signature is verified once. */
export function createTokenVerifier({ signingKeys, capacity }: Deps): TokenVerifier {
	const verified = new LRUCache<string, Session>({ max: capacity });
	let version = signingKeys.version();

	/** Clears the cache when the signing keys have changed. */
	function clearIfKeysChanged(): void {
		if (signingKeys.version() === version) return;
		version = signingKeys.version();
		verified.clear();
	}

	return {
		findCached(token) {
			clearIfKeysChanged();
			const session = verified.get(token);
			if (session && session.expiresAtMs <= Date.now()) throw expired();
			return session;
		},
		async verify(token) {
			const { keyId, session } = readClaims(token);
			if (session.expiresAtMs <= Date.now()) throw expired();
			const key = signingKeys.find(keyId) ?? (await findNewKey(signingKeys, keyId));
			verifySignature(token, key);
			clearIfKeysChanged();
			verified.set(token, session);
			return session;
		},
	};
}
