import { MAX_LISTED_SESSIONS } from '@creatorr/contracts/auth';
import { inTransaction } from '@creatorr/database/transaction';
import type { Database, Tx } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';
import { insertEvent, type SecurityEvent } from '../security-events/security-events.sql.ts';

/** Some sessions of one user: one, all but one, or all. */
export interface SessionScope {
	userId: string;
	only?: string;
	except?: string;
}

export interface RevokedSessions {
	/** Number of sessions that were live. */
	revokedCount: number;
	/** Sessions in the scope that gateways may still accept, also from earlier revocations. */
	pendingIds: string[];
}

/** Revokes the live sessions in the scope. Returns them and the sessions whose earlier revocation is still pending. */
export async function revokeSessions(
	tx: Tx,
	{ userId, only, except }: SessionScope,
): Promise<RevokedSessions> {
	const revokedCount = await tx.$executeRaw`
		WITH revoked AS (
			UPDATE sessions SET revoked_at = now()
			WHERE user_id = ${userId} AND revoked_at IS NULL AND expires_at > now()
				AND id = coalesce(${only ?? null}, id) AND id IS DISTINCT FROM ${except ?? null}
			RETURNING id, user_id
		)
		INSERT INTO revocations (session_id, user_id) SELECT id, user_id FROM revoked`;
	const pending = await tx.revocation.findMany({
		where: {
			userId,
			...(only === undefined ? {} : { sessionId: only }),
			...(except === undefined ? {} : { NOT: { sessionId: except } }),
		},
		select: { sessionId: true },
	});
	return { revokedCount, pendingIds: pending.map(({ sessionId }) => sessionId) };
}

/** Revokes sessions like {@link revokeSessions}, and records the event if one was live. */
export function signOutSessions(
	prisma: Database,
	scope: SessionScope,
	event: SecurityEvent,
): Promise<RevokedSessions> {
	return inTransaction(prisma, async (tx) => {
		const result = await revokeSessions(tx, scope);
		if (result.revokedCount > 0) await insertEvent(tx, event);
		return result;
	});
}

/** Whether the user's session is live, or is revoked but gateways may still accept it. Takes no lock. */
export async function isRevocable(prisma: Database, userId: string, sessionId: string): Promise<boolean> {
	const rows = await prisma.$queryRaw<unknown[]>`
		SELECT id FROM sessions
		WHERE id = ${sessionId} AND user_id = ${userId} AND revoked_at IS NULL AND expires_at > now()
		UNION ALL
		SELECT session_id FROM revocations WHERE session_id = ${sessionId} AND user_id = ${userId}`;
	return rows.length > 0;
}

/** Returns the `MAX_LISTED_SESSIONS` most recently used sessions that are neither revoked nor expired, newest first. */
export async function listLiveSessions(prisma: Database, userId: string) {
	const sessions = await prisma.session.findMany({
		where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },
		orderBy: { lastSeenAt: 'desc' },
		take: MAX_LISTED_SESSIONS,
		select: { id: true, createdAt: true, lastSeenAt: true, userAgent: true },
	});
	return sessions.sort((one, other) => (one.id < other.id ? 1 : -1));
}

/** Whether the session is neither revoked nor expired. Stores, at most once a minute, that it was seen. */
export async function checkSession(prisma: Database, sessionId: string): Promise<boolean> {
	const [row] = await prisma.$queryRaw<{ seen_lately: boolean }[]>`
		SELECT last_seen_at > now() - interval '1 minute' AS seen_lately FROM sessions
		WHERE id = ${sessionId} AND revoked_at IS NULL AND expires_at > now()`;
	if (row && !row.seen_lately) {
		await prisma.$executeRaw`
			UPDATE sessions SET last_seen_at = now()
			WHERE id = ${sessionId} AND last_seen_at <= now() - interval '1 minute'`;
	}
	return row !== undefined;
}

/** Deletes sessions whose tokens have expired. */
export const pruneSessions = definePruneTask<{ prisma: Database }>(
	'prune_sessions',
	({ prisma }, batchSize) => prisma.$executeRaw`
		DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < now() LIMIT ${batchSize})`,
);
