import { logout } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignOutDeps, signOut } from '../domain/sign-out.ts';
import { clientOf } from './client.ts';

/** Goes on to the end when the client has gone meanwhile, and may be repeated. */
export function logoutRoute(deps: SignOutDeps): Route {
	return defineRoute(logout, async (input) => {
		const { id: userId, sessionId } = input.user;
		await signOut(deps, { userId, only: sessionId, bySessionId: sessionId, client: clientOf(input) });
	});
}
