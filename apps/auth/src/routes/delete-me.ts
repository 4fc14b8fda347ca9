import { deleteMe } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { deleteAccount } from '../domain/delete-account.ts';
import type { OwnerDeps } from '../domain/owner.ts';
import type { SettleDeps } from '../domain/settle-revocations.ts';
import { clientOf } from './client.ts';

export function deleteMeRoute(deps: OwnerDeps & SettleDeps): Route {
	return defineRoute(deleteMe, async (input) => {
		const { user, body, closed } = input;
		await deleteAccount(deps, {
			user,
			password: body.password,
			client: clientOf(input),
			clientGone: closed,
		});
	});
}
