import { webhookCreated, webhookDisabled } from '@creatorr/contracts/events';
import { applyOnce, pruneInbox } from '@creatorr/database/inbox';
import { inTransaction } from '@creatorr/database/transaction';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import type { Logger } from '@creatorr/service/logger';
import { findAccountById } from '../accounts/accounts.sql.ts';
import type { Database, Tx } from '../database.sql.ts';
import { definePruneTask } from '../prune-task.ts';
import { addNotice, type MailLimits } from './mails.sql.ts';

interface Deps {
	prisma: Database;
	mailLimits: MailLimits;
	logger: Logger;
}

/** The message doesn't say which client caused it. */
const NO_CLIENT = { address: '', userAgent: null };

interface WebhookNotice {
	eventId: string;
	kind: 'webhook_created' | 'webhook_disabled';
	data: { user_id: string; webhook_id: string; host?: string | undefined };
}

/** Mails the owner of a webhook endpoint, once for each message. */
async function addWebhookNotice(
	{ prisma, mailLimits }: Deps,
	{ eventId, kind, data }: WebhookNotice,
): Promise<void> {
	const found = await findAccountById(prisma, data.user_id);
	if (!found) return;
	const { webhook_id: id, host } = data;
	const resource = host === undefined ? id : `${host} (${id})`;
	const notice = { kind, email: found.account.email, client: NO_CLIENT, resource };
	await inTransaction(prisma, (tx: Tx) =>
		applyOnce(tx, { eventId, consumer: kind }, () => addNotice(tx, notice, mailLimits.perEmail)),
	);
}

/** Mails the owner of a webhook endpoint that was created: perhaps someone else did it. */
export const onWebhookCreated = defineConsumer({
	queue: QUEUES.authWebhookCreated,
	definition: webhookCreated,
	prefetch: 2,
	async handle(deps: Deps, { id: eventId, data }) {
		await addWebhookNotice(deps, { eventId, kind: 'webhook_created', data });
		deps.logger.info('account.webhook_created', { user_id: data.user_id, webhook_id: data.webhook_id });
	},
});

/** Mails the owner of a webhook endpoint that was disabled. */
export const onWebhookDisabled = defineConsumer({
	queue: QUEUES.authWebhookDisabled,
	definition: webhookDisabled,
	prefetch: 2,
	async handle(deps: Deps, { id: eventId, data }) {
		await addWebhookNotice(deps, { eventId, kind: 'webhook_disabled', data });
		deps.logger.info('account.webhook_disabled', { user_id: data.user_id, webhook_id: data.webhook_id });
	},
});

/** Deletes messages that are too old to be delivered again. */
export const pruneHandledMessages = definePruneTask<{ prisma: Database }>('prune_inbox', ({ prisma }) =>
	pruneInbox(prisma),
);
