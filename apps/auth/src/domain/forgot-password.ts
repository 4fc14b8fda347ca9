import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import type { Client } from './account.ts';
import type { MailStore } from './mail.ts';
import { refuseSlowly } from './refuse-slowly.ts';

export interface ForgotPasswordDeps {
	mails: Pick<MailStore, 'ask'>;
	logger: Logger;
}

interface ForgotPasswordInput {
	email: string;
	client: Client;
	clientGone: AbortSignal;
}

/**
 * Has a mail sent to the email, if it has an account. That is found out later, by the sender: until the answer the same is done
 * for every email. Throws `rate_limited` when the network has asked for too many.
 */
export function forgotPassword(
	deps: ForgotPasswordDeps,
	{ email, client, clientGone }: ForgotPasswordInput,
): Promise<void> {
	const network = networkOf(client.address);
	return refuseSlowly(async () => {
		const { waitSeconds } = await deps.mails.ask({ kind: 'reset_password', email, client }, network);
		if (waitSeconds === 0) return;
		deps.logger.warn('security.mails_slowed', { network });
		throw new AppError(
			'rate_limited',
			`too many mails were asked for from this address; try again in ${waitSeconds} s`,
			{ retryAfterSeconds: waitSeconds },
		);
	}, clientGone);
}
