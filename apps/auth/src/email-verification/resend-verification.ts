import { resendVerification } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { loadAccountWithPassword, requesterOf } from '../accounts/account.ts';
import { type RequestMailDeps, requestMail } from '../mails/request-mail.ts';

/**
 * Sends another verification mail unless the email is verified. Tokens of earlier mails stay valid until one is used: mails arrive in any
 * order, and people open any of them. Throws like {@link loadAccountWithPassword} and {@link requestMail}.
 */
export function resendVerificationRoute(deps: RequestMailDeps): Route {
	return defineRoute(resendVerification, async (input) => {
		const { client, clientGone } = requesterOf(input);
		const { account } = await loadAccountWithPassword(deps.prisma, input.user.id);
		if (account.email_verified) return;
		await requestMail(deps, { kind: 'verify_email', email: account.email, client }, clientGone);
	});
}
