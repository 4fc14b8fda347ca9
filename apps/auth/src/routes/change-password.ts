import { changePassword as changePasswordOperation } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type ChangePasswordDeps, changePassword } from '../domain/change-password.ts';
import { clientOf } from './client.ts';

export function changePasswordRoute(deps: ChangePasswordDeps): Route {
	return defineRoute(changePasswordOperation, async (input) => {
		const { user, body, closed } = input;
		await changePassword(deps, {
			user,
			currentPassword: body.current_password,
			newPassword: body.new_password,
			client: clientOf(input),
			clientGone: closed,
		});
	});
}
