import {
	accountDeleted,
	accountSuspended,
	accountUnsuspended,
	accountVerified,
	jobEnded,
	jobFinished,
	jobProgressed,
	jobRequested,
	keyLeaked,
	planChanged,
	webhookCreated,
	webhookDisabled,
} from '@creatorr/contracts/events';
import type { Channel } from 'amqplib';

/** Topic exchange of all events, by routing key. */
export const EVENTS_EXCHANGE = 'creatorr.events';
/** Exchange of messages that no consumer could handle, under their routing keys. */
export const DEAD_LETTER_EXCHANGE = 'creatorr.dead-letters';

/** Durable queues, named after their consumer and event. */
export const QUEUES = {
	authPlanChanged: 'auth.plan-changed',
	authWebhookCreated: 'auth.webhook-created',
	authWebhookDisabled: 'auth.webhook-disabled',
	billingAccountDeleted: 'billing.account-deleted',
	filesAccountDeleted: 'files.account-deleted',
	filesAccountVerified: 'files.account-verified',
	filesPlanChanged: 'files.plan-changed',
	jobsAccountDeleted: 'jobs.account-deleted',
	jobsAccountVerified: 'jobs.account-verified',
	jobsPlanChanged: 'jobs.plan-changed',
	jobsJobFinished: 'jobs.job-finished',
	jobsJobProgressed: 'jobs.job-progressed',
	webhooksAccountDeleted: 'webhooks.account-deleted',
	webhooksAccountSuspended: 'webhooks.account-suspended',
	webhooksAccountUnsuspended: 'webhooks.account-unsuspended',
	webhooksAccountVerified: 'webhooks.account-verified',
	webhooksJobEnded: 'webhooks.job-ended',
	webhooksKeyLeaked: 'webhooks.key-leaked',
	webhooksPlanChanged: 'webhooks.plan-changed',
	/** Dead-lettered job requests, for which the jobs service fails the job. Operators read {@link QUEUES.deadLetters}. */
	jobsDeadLetters: 'jobs.dead-letters',
	/** Dead-lettered outcomes of jobs, whose attempts the jobs service counts as lost. */
	jobsJobFinishedDeadLetters: 'jobs.job-finished-dead-letters',
	/** Every dead-lettered message, until an operator replays or drops it. */
	deadLetters: 'dead-letters',
} as const;

const SUBSCRIPTIONS = [
	[QUEUES.authPlanChanged, planChanged.type],
	[QUEUES.filesPlanChanged, planChanged.type],
	[QUEUES.jobsPlanChanged, planChanged.type],
	[QUEUES.billingAccountDeleted, accountDeleted.type],
	[QUEUES.filesAccountDeleted, accountDeleted.type],
	[QUEUES.jobsAccountDeleted, accountDeleted.type],
	[QUEUES.filesAccountVerified, accountVerified.type],
	[QUEUES.jobsAccountVerified, accountVerified.type],
	[QUEUES.jobsJobFinished, jobFinished.type],
	[QUEUES.webhooksJobEnded, jobEnded.type],
	[QUEUES.webhooksKeyLeaked, keyLeaked.type],
	[QUEUES.webhooksPlanChanged, planChanged.type],
	[QUEUES.webhooksAccountDeleted, accountDeleted.type],
	[QUEUES.webhooksAccountSuspended, accountSuspended.type],
	[QUEUES.webhooksAccountUnsuspended, accountUnsuspended.type],
	[QUEUES.webhooksAccountVerified, accountVerified.type],
	[QUEUES.authWebhookCreated, webhookCreated.type],
	[QUEUES.authWebhookDisabled, webhookDisabled.type],
] as const;

/** Returns the queue of a tool, which workers with that tool consume. */
export function toolQueue(slug: string): string {
	return `tool.${slug}`;
}

/** Returns the event's routing key: its type, and for a job request its tool. */
export function routingKey(event: { type: string; data: unknown }): string {
	if (event.type !== jobRequested.type) return event.type;
	return `${event.type}.${jobRequested.data.parse(event.data).tool}`;
}

/**
 * No delivery limit: a crash of a worker doesn't make a job request invalid. The jobs service fails a job after three lost attempts, so
 * redelivery needs no limit here.
 */
function toolQueueOptions() {
	return { ...DURABLE_QUORUM, arguments: { ...DURABLE_QUORUM.arguments, 'x-delivery-limit': -1 } };
}

/** Survives the loss of a node. Dead-letters at least once. */
const DURABLE_QUORUM = {
	durable: true,
	arguments: {
		'x-queue-type': 'quorum',
		'x-dead-letter-exchange': DEAD_LETTER_EXCHANGE,
		'x-dead-letter-strategy': 'at-least-once',
		'x-overflow': 'reject-publish',
	},
};

const DEAD_LETTERS = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': -1 } };

/** A durable queue of non-persistent messages: progress may be lost. */
const PROGRESS_QUEUE = { durable: true, messageTtl: 30_000, maxLength: 20_000 };

/**
 * Declares every exchange and queue, so that an event published before its consumer has ever run finds its queue. Idempotent.
 * `tools` are the slugs whose queues the caller publishes to or consumes.
 */
export async function declareTopology(channel: Channel, tools: readonly string[]): Promise<void> {
	await channel.assertExchange(EVENTS_EXCHANGE, 'topic', { durable: true });
	await channel.assertExchange(DEAD_LETTER_EXCHANGE, 'topic', { durable: true });
	await channel.assertQueue(QUEUES.deadLetters, DEAD_LETTERS);
	await channel.bindQueue(QUEUES.deadLetters, DEAD_LETTER_EXCHANGE, '#');
	await channel.assertQueue(QUEUES.jobsDeadLetters, DEAD_LETTERS);
	await channel.bindQueue(QUEUES.jobsDeadLetters, DEAD_LETTER_EXCHANGE, `${jobRequested.type}.#`);
	await channel.assertQueue(QUEUES.jobsJobFinishedDeadLetters, DEAD_LETTERS);
	await channel.bindQueue(QUEUES.jobsJobFinishedDeadLetters, DEAD_LETTER_EXCHANGE, jobFinished.type);
	for (const [queue, key] of SUBSCRIPTIONS) {
		await channel.assertQueue(queue, DURABLE_QUORUM);
		await channel.bindQueue(queue, EVENTS_EXCHANGE, key);
	}
	await channel.assertQueue(QUEUES.jobsJobProgressed, PROGRESS_QUEUE);
	await channel.bindQueue(QUEUES.jobsJobProgressed, EVENTS_EXCHANGE, jobProgressed.type);
	for (const slug of tools) {
		await channel.assertQueue(toolQueue(slug), toolQueueOptions());
		await channel.bindQueue(toolQueue(slug), EVENTS_EXCHANGE, `${jobRequested.type}.${slug}`);
	}
}
