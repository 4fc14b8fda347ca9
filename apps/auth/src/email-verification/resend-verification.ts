import { resendVerification } from '@creatorr/contracts/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import { callerOf, loadAccount } from '../accounts/account.ts';
import { type AskForMailDeps, askForMail } from '../mails/ask-for-mail.ts';

/**
 * Has another mail sent that verifies the user's email, unless it is verified. Tokens of earlier mails work until one is used:
 * mails overtake each other, and people open whichever they find. Throws as {@link loadAccount} and {@link askForMail} do.
 */
export function resendVerificationRoute(deps: AskForMailDeps): Route {
	return defineRoute(resendVerification, async (input) => {
		const { client, clientGone } = callerOf(input);
		const { account } = await loadAccount(deps.prisma, input.user.id);
		if (account.email_verified) return;
		await askForMail(deps, { kind: 'verify_email', email: account.email, client }, clientGone);
	});
}
