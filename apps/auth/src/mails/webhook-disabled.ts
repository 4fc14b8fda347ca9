import { webhookDisabled } from '@creatorr/contracts/events';
import { inTransaction } from '@creatorr/database/transaction';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import { findAccountById } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
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
	async handle({ prisma, mailLimits, logger }: Deps, { data }) {
		const found = await findAccountById(prisma, data.user_id);
		if (!found) return;
		const { webhook_id: id, host } = data;
		const notice = {
			kind: 'webhook_disabled' as const,
			email: found.account.email,
			client: NO_CLIENT,
			resource: host === undefined ? id : `${host} (${id})`,
		};
		await inTransaction(prisma, (tx: Tx) => addNotice(tx, notice, mailLimits.perEmail));
		logger.info('account.webhook_disabled', { user_id: data.user_id, webhook_id: id });
	},
});
