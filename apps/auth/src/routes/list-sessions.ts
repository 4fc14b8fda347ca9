import { listSessions } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { SessionStore } from '../domain/stores.ts';

export function listSessionsRoute(deps: { sessions: SessionStore }): Route {
	return defineRoute(listSessions, async ({ user }) => {
		const sessions = await deps.sessions.listAlive(user.id);
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
