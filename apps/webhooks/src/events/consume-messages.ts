import { type EventEnvelope, jobEnded, keyLeaked, planChanged } from '@creatorr/contracts/events';
import { inTransaction } from '@creatorr/database/transaction';
import { defineConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { crashPoint } from '@creatorr/service/crash-point';
import { counter } from '@creatorr/service/metrics';
import type { Tx } from '../database.sql.ts';
import type { Deps } from '../deps.ts';
import { type NewEvent, recordEvent } from './record-event.sql.ts';

/** Messages about different users don't wait for each other. */
const CONCURRENT_MESSAGES = 16;

const recorded = counter({
	name: 'creatorr_webhook_events_total',
	help: 'Events recorded, by type',
	labels: ['type'],
});

/** Records the event of a message, under the same id. Here, a message is an event of the broker, and an event is one that users see. */
async function record(
	{ prisma }: Deps,
	message: EventEnvelope,
	event: Omit<NewEvent, 'id' | 'occurredAt'>,
): Promise<void> {
	const newEvent = { ...event, id: message.id, occurredAt: new Date(message.occurred_at) };
	const isNew = await inTransaction(prisma, (tx: Tx) => recordEvent(tx, newEvent));
	crashPoint('webhooks.event.recorded');
	if (isNew) recorded.inc({ type: event.type });
}

/** Records that a job ended. A job ends once, so its event is the only one. */
export const onJobEnded = defineConsumer({
	queue: QUEUES.webhooksJobEnded,
	definition: jobEnded,
	prefetch: CONCURRENT_MESSAGES,
	async handle(deps: Deps, message) {
		const { user_id: userId, job_id, ...job } = message.data;
		// A job has only one event so far.
		const data = { job_id, sequence: 1, ...job };
		await record(deps, message, { userId, type: `job.${job.status}`, dedupeKey: job_id, data });
	},
});

/** Records that an API key was reported as leaked. A key is revoked once, so its event is the only one. */
export const onKeyLeaked = defineConsumer({
	queue: QUEUES.webhooksKeyLeaked,
	definition: keyLeaked,
	prefetch: CONCURRENT_MESSAGES,
	async handle(deps: Deps, message) {
		const { user_id: userId, key_id } = message.data;
		await record(deps, message, { userId, type: 'key.leaked', dedupeKey: key_id, data: { key_id } });
	},
});

/** Records that a plan changed. Billing may publish a version again, for example after a restore. */
export const onPlanChanged = defineConsumer({
	queue: QUEUES.webhooksPlanChanged,
	definition: planChanged,
	prefetch: CONCURRENT_MESSAGES,
	async handle(deps: Deps, message) {
		const { user_id: userId, plan, version } = message.data;
		await record(deps, message, {
			userId,
			type: 'plan.changed',
			dedupeKey: `plan ${userId} ${version}`,
			data: { plan },
		});
	},
});
