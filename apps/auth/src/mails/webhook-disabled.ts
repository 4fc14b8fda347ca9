import { webhookDisabled } from '@creatorr/contracts/events';
import { inTransaction } from '@creatorr/database/transaction';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import { findAccountById } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { consumeHourlyQuota } from './hourly-quotas.sql.ts';
import { addNotice, type MailLimits } from './mails.sql.ts';

interface Deps {
	prisma: Database;
	mailLimits: MailLimits;
	logger: Logger;
}

/** No request of a user causes the mail. */
const NO_CLIENT = { address: '', userAgent: null };

/** Mails the owner of a webhook endpoint that was disabled. */
export const onWebhookDisabled = defineConsumer({
	queue: QUEUES.authWebhookDisabled,
	definition: webhookDisabled,
	prefetch: 2,
	async handle({ prisma, mailLimits, logger }: Deps, { id: eventId, data }) {
		const found = await findAccountById(prisma, data.user_id);
		if (!found) return;
		const { webhook_id: id, host } = data;
		const notice = {
			kind: 'webhook_disabled' as const,
			email: found.account.email,
			client: NO_CLIENT,
			resource: host === undefined ? id : `${host} (${id})`,
		};
		await inTransaction(prisma, async (tx: Tx) => {
			// A message may be delivered again soon after it was handled. Such a repetition sends no second mail for an hour.
			const isRepeated = (await consumeHourlyQuota(tx, { key: `event ${eventId}`, perHour: 1 })) > 0;
			if (!isRepeated) await addNotice(tx, notice, mailLimits.perEmail);
		});
		logger.info('account.webhook_disabled', { user_id: data.user_id, webhook_id: id });
	},
});
