import { deleteSession, logout, logoutAll } from '@creatorr/contracts/auth';
import { notFound } from '@creatorr/contracts/errors';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type Client, requesterOf } from '../accounts/account.ts';
import type { Database } from '../database.sql.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import type { SecurityEventKind } from '../security-events/security-events.sql.ts';
import { isRevocable, type SessionScope, signOutSessions } from './sessions.sql.ts';

interface SignOutDeps extends PropagateDeps {
	prisma: Database;
	logger: Logger;
}

/** Sessions to sign out, and the origin of the request. */
interface SignOut extends SessionScope {
	/** The session of the request. */
	bySessionId: string;
	client: Client;
}

function kindOf({ only, bySessionId }: SignOut): SecurityEventKind {
	if (only === undefined) return 'signed_out_everywhere';
	return only === bySessionId ? 'signed_out' : 'session_revoked';
}

/**
 * Revokes the sessions and resolves when no gateway accepts them. Returns how many were live. Also propagates sessions whose earlier revocation
 * was interrupted.
 */
async function signOut(deps: SignOutDeps, input: SignOut): Promise<number> {
	const { bySessionId, client, ...scope } = input;
	const { userId } = scope;
	const kind = kindOf(input);
	const event = { kind, userId, sessionId: scope.only ?? bySessionId, client };
	const { revokedCount, pendingIds } = await signOutSessions(deps.prisma, scope, event);
	crashPoint('auth.sign-out.committed');
	await propagateChanges(deps, { sessionIds: pendingIds });
	crashPoint('auth.sign-out.propagated');
	if (revokedCount > 0) deps.logger.info(`security.${kind}`, { user_id: userId, sessions: revokedCount });
	return revokedCount;
}

/** Completes if the client disconnects, and may be repeated. */
export function logoutRoute(deps: SignOutDeps): Route {
	return defineRoute(logout, async (input) => {
		const { id: userId, sessionId } = input.user;
		await signOut(deps, {
			userId,
			only: sessionId,
			bySessionId: sessionId,
			client: requesterOf(input).client,
		});
	});
}

export function logoutAllRoute(deps: SignOutDeps): Route {
	return defineRoute(logoutAll, async (input) => {
		const { id: userId, sessionId } = input.user;
		await signOut(deps, { userId, bySessionId: sessionId, client: requesterOf(input).client });
	});
}

export function deleteSessionRoute(deps: SignOutDeps): Route {
	return defineRoute(deleteSession, async (input) => {
		const { id: userId, sessionId: bySessionId } = input.user;
		const { client } = requesterOf(input);
		const only = input.params.id;
		// Sign-outs are hardly throttled, so an unknown id must not cost a transaction.
		if (!(await isRevocable(deps.prisma, userId, only))) throw notFound('session');
		const count = await signOut(deps, { userId, only, bySessionId, client });
		if (count === 0) throw notFound('session');
	});
}
