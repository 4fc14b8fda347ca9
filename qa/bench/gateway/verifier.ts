import { createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import { TOKEN_AUDIENCE as audience, TOKEN_ISSUER as issuer } from '@creatorr/contracts/identity';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

const jwks = z.array(z.looseObject({ kid: z.string() })).parse(JSON.parse(process.env.VERIFIER_KEYS ?? ''));
const keys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
const verifiedUntil = new LRUCache<string, number>({ max: 20_000 });

/** Returns when a token expires, in seconds. Throws when it isn't valid. */
function verify(token: string): number {
	const key = keys.get(jwt.decode(token, { complete: true })?.header.kid ?? '');
	if (!key) throw new Error('unknown key');
	const claims = jwt.verify(token, key, { algorithms: ['ES256'], issuer, audience });
	const expiry = typeof claims === 'object' ? claims.exp : undefined;
	if (expiry === undefined) throw new Error('no expiry');
	return expiry;
}

function isValid(token: string, isCached: boolean): boolean {
	try {
		const expiry = (isCached ? verifiedUntil.get(token) : undefined) ?? verify(token);
		if (isCached) verifiedUntil.set(token, expiry);
		return expiry * 1000 > Date.now();
	} catch {
		return false;
	}
}

// Answers auth_request of nginx: 204 for a valid token, 401 for any other. The path /cached verifies each signature once.
createServer((req, res) => {
	const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
	res.writeHead(isValid(token, req.url === '/cached') ? 204 : 401).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
