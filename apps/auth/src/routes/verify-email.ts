import { verifyEmail as verifyEmailOperation } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type VerifyEmailDeps, verifyEmail } from '../domain/verify-email.ts';
import { clientOf } from './client.ts';

export function verifyEmailRoute(deps: VerifyEmailDeps): Route {
	return defineRoute(verifyEmailOperation, async (input) => {
		await verifyEmail(deps, input.body.token, clientOf(input));
	});
}
