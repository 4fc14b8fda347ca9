import type { Client } from './account.ts';
import { type AskForMailDeps, askForMail } from './ask-for-mail.ts';

interface ForgotPasswordInput {
	email: string;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Has a mail sent to the email, if it has an account. That is found out later, by the sender: until the answer the same is done
 * for every email. Throws as `askForMail` does.
 */
export function forgotPassword(
	deps: AskForMailDeps,
	{ email, client, clientGone }: ForgotPasswordInput,
): Promise<void> {
	return askForMail(deps, { kind: 'reset_password', email, client }, clientGone);
}
