import { randomUUID } from 'node:crypto';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '@creatorr/contracts/identity';
import jwt from 'jsonwebtoken';
import type { SignToken } from './session.ts';
import type { SigningKey } from './signing-key.ts';

/** Signs tokens (ES256) with the key that `signingKey` resolves to at the time. Rejects as `signingKey` does. */
export function createTokenSigner(signingKey: () => Promise<SigningKey>): SignToken {
	return async (session) => {
		const { kid, privateKey } = await signingKey();
		const claims = {
			sid: session.id,
			iat: session.createdAt.getTime() / 1000,
			exp: session.expiresAt.getTime() / 1000,
		};
		return jwt.sign(claims, privateKey, {
			algorithm: 'ES256',
			keyid: kid,
			issuer: TOKEN_ISSUER,
			audience: TOKEN_AUDIENCE,
			subject: session.userId,
			jwtid: randomUUID(),
		});
	};
}
