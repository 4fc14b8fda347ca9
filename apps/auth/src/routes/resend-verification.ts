import { resendVerification as resendVerificationOperation } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ResendVerificationDeps, resendVerification } from '../domain/resend-verification.ts';
import { clientOf } from './client.ts';

export function resendVerificationRoute(deps: ResendVerificationDeps): Route {
	return defineRoute(resendVerificationOperation, async (input) => {
		const { user, closed } = input;
		await resendVerification(deps, { userId: user.id, client: clientOf(input), clientGone: closed });
	});
}
