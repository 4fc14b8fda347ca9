import {
	accountDeleted,
	accountVerified,
	jobFinished,
	jobProgressed,
	jobRequested,
	planChanged,
} from '@creatorr/contracts/events';
import type { Channel } from 'amqplib';

/** Every event goes to this topic exchange under its routing key. */
export const EVENTS_EXCHANGE = 'creatorr.events';
/** What no consumer could handle, under the routing key that it had. */
export const DEAD_LETTER_EXCHANGE = 'creatorr.dead-letters';

/** Durable queues, named after who reads them and what. */
export const QUEUES = {
	authPlanChanged: 'auth.plan-changed',
	billingAccountDeleted: 'billing.account-deleted',
	filesAccountDeleted: 'files.account-deleted',
	filesAccountVerified: 'files.account-verified',
	filesPlanChanged: 'files.plan-changed',
	jobsAccountDeleted: 'jobs.account-deleted',
	jobsAccountVerified: 'jobs.account-verified',
	jobsPlanChanged: 'jobs.plan-changed',
	jobsJobFinished: 'jobs.job-finished',
	jobsJobProgressed: 'jobs.job-progressed',
	/** Dead letters of job requests, for jobs to fail the job; operators read {@link QUEUES.deadLetters}. */
	jobsDeadLetters: 'jobs.dead-letters',
	/** Every dead letter, kept until an operator has looked at it. */
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
] as const;

/** A tool's own queue, which the workers that have the tool consume. */
export function toolQueue(slug: string): string {
	return `tool.${slug}`;
}

/** An event's routing key is its type; a job request goes on to name its tool. */
export function routingKey(event: { type: string; data: unknown }): string {
	if (event.type !== jobRequested.type) return event.type;
	return `${event.type}.${jobRequested.data.parse(event.data).tool}`;
}

/** A tool's queue counts no deliveries: a request that meets crashing workers is as good as before, and claims count attempts. */
function toolQueueOptions() {
	return { ...KEEPING, arguments: { ...KEEPING.arguments, 'x-delivery-limit': -1 } };
}

/** A queue that keeps its messages through the loss of a node, and passes on what it cannot deliver without losing it. */
const KEEPING = {
	durable: true,
	arguments: {
		'x-queue-type': 'quorum',
		'x-dead-letter-exchange': DEAD_LETTER_EXCHANGE,
		'x-dead-letter-strategy': 'at-least-once',
		'x-overflow': 'reject-publish',
	},
};

const DEAD_LETTERS = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': -1 } };

/** Progress is only worth something while it is new. */
const FLEETING = { durable: true, messageTtl: 30_000, maxLength: 20_000 };

/**
 * Declares every exchange and queue, whoever asks: an event published before its reader has ever run must find its queue.
 * Idempotent. `tools` are the slugs whose queues the caller publishes to or consumes.
 */
export async function declareTopology(channel: Channel, tools: readonly string[]): Promise<void> {
	await channel.assertExchange(EVENTS_EXCHANGE, 'topic', { durable: true });
	await channel.assertExchange(DEAD_LETTER_EXCHANGE, 'topic', { durable: true });
	await channel.assertQueue(QUEUES.deadLetters, DEAD_LETTERS);
	await channel.bindQueue(QUEUES.deadLetters, DEAD_LETTER_EXCHANGE, '#');
	await channel.assertQueue(QUEUES.jobsDeadLetters, DEAD_LETTERS);
	await channel.bindQueue(QUEUES.jobsDeadLetters, DEAD_LETTER_EXCHANGE, `${jobRequested.type}.#`);
	for (const [queue, key] of SUBSCRIPTIONS) {
		await channel.assertQueue(queue, KEEPING);
		await channel.bindQueue(queue, EVENTS_EXCHANGE, key);
	}
	await channel.assertQueue(QUEUES.jobsJobProgressed, FLEETING);
	await channel.bindQueue(QUEUES.jobsJobProgressed, EVENTS_EXCHANGE, jobProgressed.type);
	for (const slug of tools) {
		await channel.assertQueue(toolQueue(slug), toolQueueOptions());
		await channel.bindQueue(toolQueue(slug), EVENTS_EXCHANGE, `${jobRequested.type}.${slug}`);
	}
}
