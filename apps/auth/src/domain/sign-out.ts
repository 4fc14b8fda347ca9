import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import type { Client } from './account.ts';
import type { SecurityEventKind } from './security-event.ts';
import type { SettleDeps } from './settle-revocations.ts';
import { settleRevocations } from './settle-revocations.ts';
import type { SessionScope, SessionStore } from './stores.ts';

export interface SignOutDeps extends SettleDeps {
	sessions: SessionStore;
	logger: Logger;
}

/** Who signs out what, and from where. */
export interface SignOutInput extends SessionScope {
	/** The session that asks for it. */
	bySessionId: string;
	client: Client;
}

function kindOf({ only, bySessionId }: SignOutInput): SecurityEventKind {
	if (only === undefined) return 'signed_out_everywhere';
	return only === bySessionId ? 'signed_out' : 'session_revoked';
}

/**
 * Revokes the sessions and resolves once no gateway lets them pass; answers how many were alive until now. Sessions whose
 * earlier revocation was cut short count as done only now, too.
 */
export async function signOut(deps: SignOutDeps, input: SignOutInput): Promise<number> {
	const { bySessionId, client, ...scope } = input;
	const { userId } = scope;
	const kind = kindOf(input);
	const event = { kind, userId, sessionId: scope.only ?? bySessionId, client };
	const { revokedCount, unsettledIds } = await deps.sessions.revoke(scope, event);
	crashPoint('auth.sign-out.committed');
	await settleRevocations(deps, unsettledIds);
	crashPoint('auth.sign-out.settled');
	if (revokedCount > 0) deps.logger.info(`security.${kind}`, { user_id: userId, sessions: revokedCount });
	return revokedCount;
}
