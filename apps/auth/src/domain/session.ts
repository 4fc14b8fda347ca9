import { newId } from '@creatorr/contracts/ids';
import type { Account, Client, SignedIn } from './account.ts';

/** Longer ones are cut: they are shown to their owner and mean nothing to us. */
const USER_AGENT_MAX_CHARACTERS = 512;

export interface NewSession {
	id: string;
	userId: string;
	createdAt: Date;
	expiresAt: Date;
	userAgent: string | null;
	clientAddress: string;
}

/** Resolves to the token of a session. */
export type SignToken = (session: NewSession) => Promise<string>;

export interface SessionRules {
	tokenTtlSeconds: number;
	signToken: SignToken;
}

/** A session of this user that begins now. Its times are whole seconds, as a token's are, so that both end together. */
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

/** The answer that hands a stored session to its owner. */
export async function signedIn(
	rules: SessionRules,
	account: Account,
	session: NewSession,
): Promise<SignedIn> {
	return {
		token: await rules.signToken(session),
		expires_at: session.expiresAt.toISOString(),
		user: account,
	};
}
