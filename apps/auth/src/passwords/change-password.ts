import { changePassword as operation } from '@creatorr/contracts/auth';
import { networkOf } from '@creatorr/service/address-network';
import { defineRoute, type Route } from '@creatorr/service/route';
import { requesterOf } from '../accounts/account.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import type { MailLimits } from '../mails/mails.sql.ts';
import type { CheckPasswordDeps } from '../password-check/check-password.ts';
import { confirmOwner, wrongPassword } from '../password-check/confirm-owner.ts';
import { hashNewPassword, type NewPasswordDeps } from './new-password.ts';
import { changePassword } from './passwords.sql.ts';

interface ChangePasswordDeps extends CheckPasswordDeps, NewPasswordDeps, PropagateDeps {
	mailLimits: MailLimits;
}

/**
 * Sets a new password. Responds when no gateway accepts the user's other sessions. Throws `validation` for a weak one, and like
 * {@link confirmOwner}.
 */
export function changePasswordRoute(deps: ChangePasswordDeps): Route {
	return defineRoute(operation, async (input) => {
		const { user, body } = input;
		const { client, clientGone } = requesterOf(input);
		const owner = await confirmOwner(deps, { user, password: body.current_password, client, clientGone });
		const chosen = { password: body.new_password, email: owner.account.email, path: 'new_password' };
		const network = networkOf(client.address);
		const newHash = await hashNewPassword(deps, chosen, { kind: 'session', network, clientGone });
		const changed = await changePassword(
			deps.prisma,
			{ userId: user.id, verifiedHash: owner.passwordHash },
			{ newHash, sessionId: user.sessionId, client, noticesPerHour: deps.mailLimits.perEmail },
		);
		if (!changed) throw wrongPassword();
		deps.logger.info('security.password_changed', { user_id: user.id, sessions: changed.revokedCount });
		await propagateChanges(deps, { sessionIds: changed.pendingIds });
	});
}
