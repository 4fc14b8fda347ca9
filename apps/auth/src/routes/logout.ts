import { logout } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignOutDeps, signOut } from '../domain/sign-out.ts';

/** Goes on to the end when the client has gone meanwhile, and may be repeated. */
export function logoutRoute(deps: SignOutDeps): Route {
	return defineRoute(logout, async ({ user }) => {
		await signOut(deps, { userId: user.id, only: user.sessionId });
	});
}
