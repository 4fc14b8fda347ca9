import { verifyEmail as verifyEmailOperation } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type VerifyEmailDeps, verifyEmail } from '../domain/verify-email.ts';
import { clientOf } from './client.ts';

export function verifyEmailRoute(deps: VerifyEmailDeps): Route {
	return defineRoute(verifyEmailOperation, async (input) => {
		const { token, password } = input.body;
		const { user } = input.identity;
		await verifyEmail(deps, { token, password, user, client: clientOf(input), clientGone: input.closed });
	});
}
