import { deleteSession } from '@creatorr/contracts/auth';
import { notFound } from '@creatorr/contracts/errors';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignOutDeps, signOut } from '../domain/sign-out.ts';

export function deleteSessionRoute(deps: SignOutDeps): Route {
	return defineRoute(deleteSession, async ({ user, params }) => {
		const count = await signOut(deps, { userId: user.id, only: params.id });
		if (count === 0) throw notFound('session');
	});
}
