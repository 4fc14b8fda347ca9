import { listSessions } from '@creatorr/contracts/auth';
import { checkSession as checkSessionOperation } from '@creatorr/contracts/internal/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { checkSession, listLiveSessions } from './sessions.sql.ts';

interface Deps {
	prisma: Database;
}

export function listSessionsRoute({ prisma }: Deps): Route {
	return defineRoute(listSessions, async ({ user }) => {
		const sessions = await listLiveSessions(prisma, user.id);
		return {
			data: sessions.map((session) => ({
				id: session.id,
				created_at: session.createdAt.toISOString(),
				last_seen_at: session.lastSeenAt.toISOString(),
				user_agent: session.userAgent,
				current: session.id === user.sessionId,
			})),
		};
	});
}

/** Returns to gateways whether a session is live. */
export function checkSessionRoute({ prisma }: Deps): Route {
	return defineRoute(checkSessionOperation, async ({ body }) => ({
		data: { alive: await checkSession(prisma, body.session_id) },
	}));
}
