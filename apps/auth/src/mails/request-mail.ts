import { AppError } from '@creatorr/contracts/errors';
import { formatWait } from '@creatorr/contracts/format';
import { networkOf } from '@creatorr/service/address-network';
import type { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import type { Logger } from '@creatorr/service/logger';
import type { Database } from '../database.sql.ts';
import { delayRefusal } from '../password-check/delay-refusal.ts';
import { insertRequestedMail, type MailLimits, type RequestedMail } from './mails.sql.ts';

export interface RequestMailDeps {
	prisma: Database;
	mailLimits: MailLimits;
	/**
	 * Serializes the requests of a network. Otherwise each would hold a database connection while it waits for the lock of the network's
	 * row.
	 */
	networkMutex: ReturnType<typeof createKeyedMutex>;
	logger: Logger;
}

/** Requests a mail ({@link insertRequestedMail}). Throws `rate_limited` if the network has requested too many. */
export function requestMail(
	deps: RequestMailDeps,
	mail: RequestedMail,
	clientGone: AbortSignal,
): Promise<void> {
	const network = networkOf(mail.client.address);
	return delayRefusal(async () => {
		const waitSeconds = await deps.networkMutex.runExclusive(network, () =>
			insertRequestedMail(deps.prisma, mail, { network, ...deps.mailLimits }),
		);
		if (waitSeconds === 0) return;
		deps.logger.warn('security.mails_throttled', { network });
		throw new AppError(
			'rate_limited',
			`Too many emails were requested from your network. Try again in ${formatWait(waitSeconds)}.`,
			{ retryAfterSeconds: waitSeconds },
		);
	}, clientGone);
}
