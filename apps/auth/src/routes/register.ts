import { register } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type RegisterDeps, registerAccount } from '../domain/register-account.ts';
import { clientOf } from './client.ts';

export function registerRoute(deps: RegisterDeps): Route {
	return defineRoute(register, async (input) => {
		const { email, password, name = null } = input.body;
		const client = clientOf(input);
		return { data: await registerAccount(deps, { email, password, name, client, clientGone: input.closed }) };
	});
}
