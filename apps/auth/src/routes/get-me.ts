import { getMe } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { loadOwner } from '../domain/owner.ts';
import type { AccountStore } from '../domain/stores.ts';

export function getMeRoute(deps: { accounts: AccountStore }): Route {
	return defineRoute(getMe, async ({ user }) => {
		const { account } = await loadOwner(deps, user.id);
		return { data: account };
	});
}
