import { forgotPassword, newPasswordSchema, resetPassword as operation } from '@creatorr/contracts/auth';
import { parseOrThrow } from '@creatorr/contracts/validation';
import { networkOf } from '@creatorr/service/address-network';
import { defineRoute, type Route } from '@creatorr/service/route';
import { requesterOf } from '../accounts/account.ts';
import { type PropagateDeps, propagateChanges } from '../gateway-leases/propagate-changes.ts';
import { hashMailedToken, invalidToken } from '../mails/mailed-token.ts';
import { findMailedTokenOwner } from '../mails/mailed-tokens.sql.ts';
import { type RequestMailDeps, requestMail } from '../mails/request-mail.ts';
import { delayRefusal } from '../password-check/delay-refusal.ts';
import { hashNewPassword, type NewPasswordDeps } from './new-password.ts';
import { resetPassword } from './passwords.sql.ts';

/**
 * Sends a reset mail if the email has an account. The sender looks that up later: until the response, every email is handled the same. Throws
 * like {@link requestMail}.
 */
export function forgotPasswordRoute(deps: RequestMailDeps): Route {
	return defineRoute(forgotPassword, async (input) => {
		const { client, clientGone } = requesterOf(input);
		await requestMail(deps, { kind: 'reset_password', email: input.body.email, client }, clientGone);
	});
}

/**
 * Sets a new password for the owner of the token. Responds when no gateway accepts the user's sessions. Throws `validation` for a token that is
 * wrong, used or expired, otherwise for a weak password or one of a wrong length, and `rate_limited`.
 */
export function resetPasswordRoute(deps: RequestMailDeps & NewPasswordDeps & PropagateDeps): Route {
	return defineRoute(operation, async (input) => {
		const { client, clientGone } = requesterOf(input);
		const tokenHash = hashMailedToken(input.body.token);
		// Before the password, so that a page can check its link without one, and because hashing is expensive.
		const owner = await findMailedTokenOwner(deps.prisma, 'reset_password', tokenHash);
		if (!owner) throw invalidToken();
		const path = 'new_password';
		const password = parseOrThrow(newPasswordSchema, input.body.new_password, [path]);
		const chosen = { password, email: owner.account.email, path };
		const network = networkOf(client.address);
		const hash = () => hashNewPassword(deps, chosen, { kind: 'mailed-token', network, clientGone });
		const newHash = await delayRefusal(hash, clientGone);
		const noticesPerHour = deps.mailLimits.perEmail;
		const reset = await resetPassword(deps.prisma, { tokenHash, newHash, client, network, noticesPerHour });
		if (!reset) throw invalidToken();
		deps.logger.info('security.password_reset', { user_id: reset.userId, sessions: reset.revokedCount });
		await propagateChanges(deps, { sessionIds: reset.pendingIds, keyChanges: reset.keyChanges });
	});
}
