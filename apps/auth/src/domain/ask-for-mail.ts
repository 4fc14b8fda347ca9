import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import type { Logger } from '@creatorr/service/logger';
import type { AskedMail, MailStore } from './mail.ts';
import { refuseSlowly } from './refuse-slowly.ts';

export interface AskForMailDeps {
	mails: Pick<MailStore, 'ask'>;
	logger: Logger;
}

/** Has a mail sent, as {@link MailStore.ask} says. Throws `rate_limited` when the network has asked for too many. */
export function askForMail(deps: AskForMailDeps, mail: AskedMail, clientGone: AbortSignal): Promise<void> {
	const network = networkOf(mail.client.address);
	return refuseSlowly(async () => {
		const { waitSeconds } = await deps.mails.ask(mail, network);
		if (waitSeconds === 0) return;
		deps.logger.warn('security.mails_slowed', { network });
		throw new AppError(
			'rate_limited',
			`too many mails were asked for from this address; try again in ${waitSeconds} s`,
			{ retryAfterSeconds: waitSeconds },
		);
	}, clientGone);
}
