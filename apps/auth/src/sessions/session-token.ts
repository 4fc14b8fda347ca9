import { randomUUID } from 'node:crypto';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import jwt from 'jsonwebtoken';
import type { Client } from '../accounts/account.ts';
import type { Account } from '../accounts/accounts.sql.ts';
import type { SigningKey } from '../signing-keys/signing-key.ts';

/** Longer user agents are truncated, because they are only shown to their owner. */
const USER_AGENT_MAX_CHARACTERS = 512;

export interface NewSession {
	id: string;
	userId: string;
	createdAt: Date;
	expiresAt: Date;
	userAgent: string | null;
	clientAddress: string;
}

/** Response of register and login. */
export interface SignInResponse {
	token: string;
	expires_at: string;
	user: Account;
}

/** Resolves to the token of a session. */
type SignToken = (session: NewSession) => Promise<string>;

export interface SessionRules {
	tokenTtlSeconds: number;
	signToken: SignToken;
}

/** Returns a new session of this user. Its times are whole seconds, like a token's, so that both end together. */
export function newSession(rules: SessionRules, userId: string, client: Client): NewSession {
	const createdAtSeconds = Math.floor(Date.now() / 1000);
	return {
		id: newId('ses'),
		userId,
		createdAt: new Date(createdAtSeconds * 1000),
		expiresAt: new Date((createdAtSeconds + rules.tokenTtlSeconds) * 1000),
		userAgent: client.userAgent?.slice(0, USER_AGENT_MAX_CHARACTERS) ?? null,
		clientAddress: client.address,
	};
}

/** Returns the response with the token of a stored session. */
export async function createSignInResponse(
	rules: SessionRules,
	account: Account,
	session: NewSession,
): Promise<SignInResponse> {
	return {
		token: await rules.signToken(session),
		expires_at: session.expiresAt.toISOString(),
		user: account,
	};
}

/** Signs tokens (ES256) with the current key of `signingKey`. Rejects like `signingKey`. */
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
