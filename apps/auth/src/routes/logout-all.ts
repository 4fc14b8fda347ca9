import { logoutAll } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignOutDeps, signOut } from '../domain/sign-out.ts';

export function logoutAllRoute(deps: SignOutDeps): Route {
	return defineRoute(logoutAll, async ({ user }) => {
		await signOut(deps, { userId: user.id });
	});
}
