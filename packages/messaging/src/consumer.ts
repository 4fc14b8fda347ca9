import { setTimeout as sleep } from 'node:timers/promises';
import type { AppError } from '@creatorr/contracts/errors';
import { type EventDefinition, type EventEnvelope, parseEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import { isStatementTimeout } from '@creatorr/service/database-down';
import { toAppError } from '@creatorr/service/error-rendering';
import type { Logger } from '@creatorr/service/logger';
import { histogram } from '@creatorr/service/metrics';
import { inSpan, markFailed, type Span, SpanKind } from '@creatorr/telemetry/span';
import { contextOf, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { z } from 'zod';
import type { Broker } from './connection.ts';
import type { Messaging } from './open-broker.ts';
import { publishConfirmed } from './publish-confirmed.ts';
import { DEAD_LETTER_EXCHANGE, EVENTS_EXCHANGE } from './topology.ts';

/** A consumer of a service: its queue and handler. */
interface ConsumerDefinition<Deps, T extends string, S extends z.ZodType>
	extends Omit<ConsumerOptions<T, S>, 'handle' | 'logger'> {
	handle(deps: Deps, event: EventEnvelope<T, z.output<S>>): Promise<void>;
}

/** Declares a consumer; its service starts it. {@link startConsumer} describes deliveries, retries and dead-lettering. */
export function defineConsumer<Deps, T extends string, S extends z.ZodType>({
	handle,
	...definition
}: ConsumerDefinition<Deps, T, S>) {
	return {
		start: (deps: Deps & Pick<Messaging, 'broker' | 'logger'>) =>
			startConsumer(deps.broker, {
				...definition,
				logger: deps.logger,
				handle: (event) => handle(deps, event),
			}),
	};
}

export interface Consumer {
	/** Stops consuming, waits for messages that are being handled, and requeues the others. */
	stop(): Promise<void>;
}

interface ConsumerOptions<T extends string, S extends z.ZodType> {
	/** A durable queue of the topology, or `broadcast`: an exclusive queue that lives as long as its channel. */
	queue: string | { broadcast: true };
	definition: EventDefinition<T, S>;
	/** How many messages are handled at a time. */
	prefetch: number;
	/**
	 * Must be idempotent. `upstream_unavailable` is retried forever, because the broker keeps the message; other errors a few times, then the
	 * message is dead-lettered. A statement timeout counts as another error, although its code is `upstream_unavailable`: the handler may be
	 * too slow for this message, which would block the queue.
	 */
	handle(event: EventEnvelope<T, z.output<S>>): Promise<void>;
	logger: Logger;
}

/** Header of a dead-lettered message: why no consumer could handle it. */
export const REASON_HEADER = 'x-creatorr-reason';
export const SOURCE_QUEUE_HEADER = 'x-creatorr-died-in';
const MAX_TRIES = 5;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

const handlingSeconds = histogram({
	name: 'creatorr_event_handling_duration_seconds',
	help: 'Time to handle an event, including retries, by type and outcome',
	labels: ['type', 'outcome'],
	buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300],
});

type Outcome = 'done' | 'stopped' | { dead: string };

function read<T extends string, S extends z.ZodType>(definition: EventDefinition<T, S>, content: Buffer) {
	try {
		return { event: parseEvent(definition, JSON.parse(content.toString())) };
	} catch (error) {
		return { invalid: error instanceof Error ? error.message : String(error) };
	}
}

/** Returns the reason for operators. For a bug or a statement timeout, this is the message of the cause, which clients don't get. */
function reasonOf(error: AppError): string {
	const isOurs = error.code === 'internal' || isStatementTimeout(error);
	return isOurs && error.cause instanceof Error ? error.cause.message : error.message;
}

async function handleWithRetries<T extends string, S extends z.ZodType>(
	options: ConsumerOptions<T, S>,
	event: EventEnvelope<T, z.output<S>>,
	stopping: AbortSignal,
): Promise<Outcome> {
	for (let tries = 1, delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
		try {
			await options.handle(event);
			return 'done';
		} catch (thrown) {
			const error = toAppError(thrown);
			options.logger.warn('event.failed', { type: event.type, event_id: event.id, tries, error });
			const isOutage = error.code === 'upstream_unavailable' && !isStatementTimeout(error);
			if (!isOutage && tries++ >= MAX_TRIES) return { dead: reasonOf(error) };
		}
		await sleep(delayMs, undefined, { signal: stopping }).catch(() => undefined);
		if (stopping.aborted) return 'stopped';
	}
}

/** Handles the message in a span. Continues the trace that the message names. */
function handleInSpan<T extends string, S extends z.ZodType>(
	options: ConsumerOptions<T, S>,
	event: EventEnvelope<T, z.output<S>>,
	{ headers, stopping }: { headers: ConsumeMessage['properties']['headers']; stopping: AbortSignal },
): Promise<Outcome> {
	const handle = async (span?: Span) => {
		const outcome = await handleWithRetries(options, event, stopping);
		if (span && typeof outcome === 'object') markFailed(span);
		return outcome;
	};
	const parent = contextOf(String(headers?.[TRACEPARENT_HEADER] ?? ''));
	const attributes = { request_id: event.request_id, event_id: event.id };
	return parent
		? inSpan(`${event.type} process`, { kind: SpanKind.CONSUMER, attributes, parent }, handle)
		: handle();
}

/** Publishes the message to the dead-letter exchange with the reason, and only then acks it. */
async function deadLetter(
	channel: ConfirmChannel,
	message: ConsumeMessage,
	{ reason, queue }: { reason: string; queue: string },
): Promise<void> {
	const { properties, fields, content } = message;
	const headers = {
		...properties.headers,
		[REASON_HEADER]: reason.slice(0, 1_000),
		[SOURCE_QUEUE_HEADER]: queue,
	};
	await publishConfirmed(channel, {
		exchange: DEAD_LETTER_EXCHANGE,
		routingKey: fields.routingKey,
		messageId: properties.messageId ?? newId('evt'),
		content,
		options: {
			...properties,
			headers,
			timestamp: Math.floor(Date.now() / 1_000),
			persistent: true,
			mandatory: true,
		},
	});
	channel.ack(message);
}

async function settle(
	channel: ConfirmChannel,
	message: ConsumeMessage,
	{ outcome, queue }: { outcome: Outcome; queue: string },
): Promise<void> {
	if (outcome === 'done') channel.ack(message);
	else if (outcome === 'stopped') channel.nack(message, false, true);
	// The message is dead-lettered already. Publishing it again would return it here forever.
	else if (message.fields.exchange === DEAD_LETTER_EXCHANGE) channel.ack(message);
	else await deadLetter(channel, message, { reason: outcome.dead, queue });
}

async function queueOf(
	channel: ConfirmChannel,
	options: ConsumerOptions<string, z.ZodType>,
): Promise<string> {
	if (typeof options.queue === 'string') return options.queue;
	const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
	await channel.bindQueue(queue, EVENTS_EXCHANGE, options.definition.type);
	return queue;
}

/** Logs a dead-lettered message with its id, which `dlq show` takes, and measures how long handling took. */
function reportHandled(
	{ logger, definition: { type } }: Pick<ConsumerOptions<string, z.ZodType>, 'logger' | 'definition'>,
	{ messageId, outcome, durationMs }: { messageId: unknown; outcome: Outcome; durationMs: number },
): void {
	const isDead = typeof outcome === 'object';
	if (isDead) logger.error('event.dead_lettered', { type, event_id: messageId, reason: outcome.dead });
	handlingSeconds.observe({ type, outcome: isDead ? 'dead_lettered' : outcome }, durationMs / 1_000);
}

/** Consumes a queue, and subscribes again after every connection loss, until it is stopped. */
export function startConsumer<T extends string, S extends z.ZodType>(
	broker: Broker,
	options: ConsumerOptions<T, S>,
): Consumer {
	const stopping = new AbortController();
	const running = new Set<Promise<void>>();

	/** Requeues a message that could be neither acked nor dead-lettered. It is delivered again, and handlers are idempotent. */
	async function requeue(channel: ConfirmChannel, message: ConsumeMessage, error: unknown): Promise<void> {
		options.logger.warn('event.settle_failed', { type: options.definition.type, error });
		await sleep(LONGEST_RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
		try {
			channel.nack(message, false, true);
		} catch {
			// The channel has closed, which requeued the message.
		}
	}

	async function process(channel: ConfirmChannel, message: ConsumeMessage, queue: string): Promise<void> {
		const { headers, messageId } = message.properties;
		const { event, invalid } = read(options.definition, message.content);
		const handle = async () => {
			const startedAtMs = performance.now();
			const outcome = event
				? await handleInSpan(options, event, { headers, stopping: stopping.signal })
				: { dead: invalid };
			reportHandled(options, { messageId, outcome, durationMs: performance.now() - startedAtMs });
			crashPoint('consumer.handled');
			await settle(channel, message, { outcome, queue }).catch((error: unknown) =>
				requeue(channel, message, error),
			);
			crashPoint('consumer.settled');
		};
		await (event ? withRequestId(event.request_id, handle) : handle());
	}

	let consumerTag = '';
	const managedChannel = broker.openManagedChannel(async (channel) => {
		await channel.prefetch(options.prefetch);
		const queue = await queueOf(channel, options as unknown as ConsumerOptions<string, z.ZodType>);
		const reply = await channel.consume(queue, (message) => {
			// null: the broker canceled the consumer, as it does when the queue is deleted or moves.
			if (message === null) {
				channel.close().catch(() => undefined);
				return;
			}
			const work = process(channel, message, queue).finally(() => running.delete(work));
			running.add(work);
		});
		consumerTag = reply.consumerTag;
	});

	return {
		async stop() {
			await managedChannel
				.current()
				?.cancel(consumerTag)
				.catch(() => undefined);
			stopping.abort();
			await Promise.allSettled(running);
			await managedChannel.close();
		},
	};
}
