import { AppError } from '@creatorr/contracts/errors';
import { getAccount } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { AccountStore } from '../domain/stores.ts';

export function getAccountRoute(deps: { accounts: Pick<AccountStore, 'findById'> }): Route {
	return defineRoute(getAccount, async ({ params }) => {
		const found = await deps.accounts.findById(params.id);
		if (!found) throw new AppError('not_found', 'there is no such account');
		const { email, name } = found.account;
		return { data: { email, name } };
	});
}
