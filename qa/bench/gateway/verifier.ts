import { createPublicKey, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '@creatorr/contracts/identity';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** The path whose answer a token's signature is verified for once, and not at each request. */
const REMEMBERING = '/remembering';

const keysSchema = z.array(z.looseObject({ kid: z.string() }));
const keys = new Map<string, KeyObject>(
	keysSchema
		.parse(JSON.parse(process.env.VERIFIER_KEYS ?? ''))
		.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]),
);
const verified = new LRUCache<string, number>({ max: 20_000 });

/** When it expires, in seconds. Throws for a token that is not valid. */
function verify(token: string): number {
	const key = keys.get(jwt.decode(token, { complete: true })?.header.kid ?? '');
	if (!key) throw new Error('unknown key');
	const claims = jwt.verify(token, key, {
		algorithms: ['ES256'],
		issuer: TOKEN_ISSUER,
		audience: TOKEN_AUDIENCE,
	});
	const expiry = typeof claims === 'object' ? claims.exp : undefined;
	if (expiry === undefined) throw new Error('no expiry');
	return expiry;
}

function isValid(token: string, remembers: boolean): boolean {
	try {
		const expiry = (remembers ? verified.get(token) : undefined) ?? verify(token);
		if (remembers) verified.set(token, expiry);
		return expiry * 1000 > Date.now();
	} catch {
		return false;
	}
}

/** What nginx asks by auth_request: 204 for a valid token, 401 for any other. */
createServer((req, res) => {
	const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
	res.writeHead(isValid(token, req.url === REMEMBERING) ? 204 : 401).end();
}).listen(Number(process.env.PORT), '127.0.0.1');
