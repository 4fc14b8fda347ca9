import { deleteSession } from '@creatorr/contracts/auth';
import { notFound } from '@creatorr/contracts/errors';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignOutDeps, signOut } from '../domain/sign-out.ts';
import { clientOf } from './client.ts';

export function deleteSessionRoute(deps: SignOutDeps): Route {
	return defineRoute(deleteSession, async (input) => {
		const { user, params } = input;
		const by = { bySessionId: user.sessionId, client: clientOf(input) };
		const count = await signOut(deps, { userId: user.id, only: params.id, ...by });
		if (count === 0) throw notFound('session');
	});
}
