import { type EventEnvelope, jobEnded, keyLeaked, planChanged } from '@creatorr/contracts/events';
import { inTransaction } from '@creatorr/database/transaction';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { crashPoint } from '@creatorr/service/crash-point';
import { counter } from '@creatorr/service/metrics';
import type { Tx } from '../database.sql.ts';
import type { Deps } from '../deps.ts';
import { type NewEvent, recordEvent } from './record-event.sql.ts';

/** Facts of different users don't wait for each other. */
const CONCURRENT_FACTS = 16;

const recorded = counter({
	name: 'creatorr_webhook_events_total',
	help: 'Events recorded, by type',
	labels: ['type'],
});

/** Records the event of a message. Its id is that of the message. */
async function record(
	{ prisma }: Deps,
	message: EventEnvelope,
	event: Omit<NewEvent, 'id' | 'occurredAt'>,
): Promise<void> {
	const whole = { ...event, id: message.id, occurredAt: new Date(message.occurred_at) };
	const isNew = await inTransaction(prisma, (tx: Tx) => recordEvent(tx, whole));
	crashPoint('webhooks.event.recorded');
	if (isNew) recorded.inc({ type: event.type });
}

/** A job ended. It ends once, so its event is the first and only one. */
export const onJobEnded = defineConsumer({
	queue: QUEUES.webhooksJobEnded,
	definition: jobEnded,
	prefetch: CONCURRENT_FACTS,
	async handle(deps: Deps, message) {
		const { user_id: userId, job_id, ...job } = message.data;
		const data = { job_id, sequence: 1, ...job };
		await record(deps, message, { userId, type: `job.${job.status}`, fact: job_id, data });
	},
});

/** An API key was reported as leaked. It is revoked once, so its event is the only one. */
export const onKeyLeaked = defineConsumer({
	queue: QUEUES.webhooksKeyLeaked,
	definition: keyLeaked,
	prefetch: CONCURRENT_FACTS,
	async handle(deps: Deps, message) {
		const { user_id: userId, key_id } = message.data;
		await record(deps, message, { userId, type: 'key.leaked', fact: key_id, data: { key_id } });
	},
});

/** A plan changed. Billing may announce a version again, for example after a restore. */
export const onPlanChanged = defineConsumer({
	queue: QUEUES.webhooksPlanChanged,
	definition: planChanged,
	prefetch: CONCURRENT_FACTS,
	async handle(deps: Deps, message) {
		const { user_id: userId, plan, version } = message.data;
		await record(deps, message, {
			userId,
			type: 'plan.changed',
			fact: `plan ${userId} ${version}`,
			data: { plan },
		});
	},
});
