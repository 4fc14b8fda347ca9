import { resetPassword as resetPasswordOperation } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ResetPasswordDeps, resetPassword } from '../domain/reset-password.ts';
import { clientOf } from './client.ts';

export function resetPasswordRoute(deps: ResetPasswordDeps): Route {
	return defineRoute(resetPasswordOperation, async (input) => {
		const { token, new_password: newPassword } = input.body;
		await resetPassword(deps, { token, newPassword, client: clientOf(input), clientGone: input.closed });
	});
}
