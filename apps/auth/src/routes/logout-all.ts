import { logoutAll } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignOutDeps, signOut } from '../domain/sign-out.ts';
import { clientOf } from './client.ts';

export function logoutAllRoute(deps: SignOutDeps): Route {
	return defineRoute(logoutAll, async (input) => {
		const { id: userId, sessionId } = input.user;
		await signOut(deps, { userId, bySessionId: sessionId, client: clientOf(input) });
	});
}
