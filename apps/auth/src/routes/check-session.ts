import { checkSession } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { SessionStore } from '../domain/stores.ts';

export function checkSessionRoute(deps: { sessions: SessionStore }): Route {
	return defineRoute(checkSession, async ({ body }) => ({
		data: { alive: await deps.sessions.check(body.session_id) },
	}));
}
