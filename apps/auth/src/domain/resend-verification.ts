import type { Client } from './account.ts';
import { type AskForMailDeps, askForMail } from './ask-for-mail.ts';
import { loadOwner } from './owner.ts';
import type { AccountStore } from './stores.ts';

export interface ResendVerificationDeps extends AskForMailDeps {
	accounts: AccountStore;
}

interface ResendVerificationInput {
	userId: string;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Has another mail sent that verifies the user's email, unless it is verified. Tokens of earlier ones go on working until one is
 * used: mails overtake each other, and people open whichever they find. Throws as `loadOwner` and `askForMail` do.
 */
export async function resendVerification(
	deps: ResendVerificationDeps,
	{ userId, client, clientGone }: ResendVerificationInput,
): Promise<void> {
	const { account } = await loadOwner(deps, userId);
	if (account.email_verified) return;
	await askForMail(deps, { kind: 'verify_email', email: account.email, client }, clientGone);
}
