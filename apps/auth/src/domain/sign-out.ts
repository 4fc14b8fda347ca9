import type { SettleDeps } from './settle-revocations.ts';
import { settleRevocations } from './settle-revocations.ts';
import type { SessionScope, SessionStore } from './stores.ts';

export interface SignOutDeps extends SettleDeps {
	sessions: SessionStore;
}

/**
 * Revokes the sessions and resolves once no gateway lets them pass; answers how many were alive until now. Sessions whose
 * earlier revocation was cut short count as done only now, too.
 */
export async function signOut(deps: SignOutDeps, scope: SessionScope): Promise<number> {
	const { revokedCount, unsettledIds } = await deps.sessions.revoke(scope);
	await settleRevocations(deps, unsettledIds);
	if (revokedCount > 0) {
		deps.logger.info('security.signed_out', { user_id: scope.userId, sessions: revokedCount });
	}
	return revokedCount;
}
