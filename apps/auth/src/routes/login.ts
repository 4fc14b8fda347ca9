import { login } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type SignInDeps, signIn } from '../domain/sign-in.ts';
import { clientOf } from './client.ts';

export function loginRoute(deps: SignInDeps): Route {
	return defineRoute(login, async (input) => {
		const { email, password } = input.body;
		const client = clientOf(input);
		return { data: await signIn(deps, { email, password, client, clientGone: input.closed }) };
	});
}
