import { forgotPassword as forgotPasswordOperation } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { AskForMailDeps } from '../domain/ask-for-mail.ts';
import { forgotPassword } from '../domain/forgot-password.ts';
import { clientOf } from './client.ts';

export function forgotPasswordRoute(deps: AskForMailDeps): Route {
	return defineRoute(forgotPasswordOperation, async (input) => {
		const { body, closed } = input;
		await forgotPassword(deps, { email: body.email, client: clientOf(input), clientGone: closed });
	});
}
