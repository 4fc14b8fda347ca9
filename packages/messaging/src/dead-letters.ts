import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '@creatorr/contracts/errors';
import { crashPoint } from '@creatorr/service/crash-point';
import { type ConfirmChannel, connect, type GetMessage, type MessageProperties } from 'amqplib';
import { REASON_HEADER, SOURCE_QUEUE_HEADER } from './consumer.ts';
import { publishConfirmed, UnroutableError } from './publish-confirmed.ts';
import { EVENTS_EXCHANGE, QUEUES } from './topology.ts';

/** A dead-lettered message. */
export interface DeadLetter {
	/** Event id, or a digest of the content if the message has none. An event may be dead-lettered from several queues. */
	id: string;
	/** The event's type; for job requests followed by the tool. */
	routingKey: string;
	/** Why, in the words of the consumer or the broker. */
	reason: string;
	/** The queue that it was dead-lettered from. */
	sourceQueue: string | null;
	deadLetteredAt: Date | null;
	content: string;
}

type Choose = (message: DeadLetter) => boolean;
/** Records what is done to a message. If it rejects, the message stays in the queue. */
type RecordAction = (message: DeadLetter) => Promise<void>;

export interface DeadLetters {
	/** Returns the total and the oldest messages. Removes none. */
	list(limit: number): Promise<{ total: number; messages: DeadLetter[] }>;
	/**
	 * Publishes each chosen message again as it was originally, and removes it once the broker has confirmed it and the action is recorded.
	 * An event that several queues dead-lettered is published once, because all of them get it. Otherwise each replay that fails again would
	 * multiply the messages. A command killed in between leaves the message, which is then published again: consumers may see an event
	 * twice. Messages that no queue is bound for stay.
	 */
	replay(choose: Choose, record: RecordAction): Promise<{ replayed: DeadLetter[]; unroutable: DeadLetter[] }>;
	/** Removes the chosen messages for good, each after its action is recorded. Returns them. */
	drop(choose: Choose, record: RecordAction): Promise<DeadLetter[]>;
	close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Limit of the wait for the broker to requeue messages; another process may take them meanwhile. */
const REQUEUE_TIMEOUT_MS = 2_000;
const REQUEUE_POLL_MS = 10;

interface Death {
	queue?: string;
	reason?: string;
	time?: { value?: number };
}

/** Returns why the broker itself dead-lettered the message, for example after too many deliveries. */
function brokerDeath({ headers }: MessageProperties): Death {
	return (headers?.['x-death'] as Death[] | undefined)?.[0] ?? {};
}

function deadLetteredAt({ timestamp }: MessageProperties, death: Death): Date | null {
	const seconds = death.time?.value ?? timestamp;
	return typeof seconds === 'number' ? new Date(seconds * 1_000) : null;
}

function toDeadLetter({ fields, properties, content }: GetMessage): DeadLetter {
	const death = brokerDeath(properties);
	const { headers } = properties;
	return {
		id: properties.messageId ?? createHash('sha256').update(content).digest('hex').slice(0, 16),
		routingKey: fields.routingKey,
		reason: headers?.[REASON_HEADER] ?? death.reason ?? 'no reason given',
		sourceQueue: headers?.[SOURCE_QUEUE_HEADER] ?? death.queue ?? null,
		deadLetteredAt: deadLetteredAt(properties, death),
		content: content.toString(),
	};
}

/** Publishes the message as it was, to the original exchange. Headers that begin with x- were added by dead-lettering. */
async function republish(
	channel: ConfirmChannel,
	{ fields, properties, content }: GetMessage,
	messageId: string,
) {
	const headers = Object.entries(properties.headers ?? {}).filter(([name]) => !name.startsWith('x-'));
	await publishConfirmed(channel, {
		exchange: EVENTS_EXCHANGE,
		routingKey: fields.routingKey,
		messageId,
		content,
		options: {
			contentType: properties.contentType,
			headers: Object.fromEntries(headers),
			persistent: true,
			mandatory: true,
		},
	});
}

type Connection = Awaited<ReturnType<typeof connect>>;
/** Returns whether the message can be acked. */
type Visit = (channel: ConfirmChannel, delivery: GetMessage) => Promise<boolean>;

/**
 * Visits up to `limit` messages one by one, and acks those for which `visit` returns true. Requeues the others after the last visit, so
 * that none is visited twice. Until then, no other command sees them. Returns how many messages the queue had.
 */
async function visitAll(connection: Connection, limit: number, visit: Visit): Promise<number> {
	const channel = await connection.createConfirmChannel();
	// A missing queue closes the channel, and an error without a listener ends the process.
	channel.on('error', () => undefined);
	try {
		const { messageCount } = await channel.checkQueue(QUEUES.deadLetters);
		let remaining = 0;
		for (let seen = 0; seen < Math.min(messageCount, limit); seen += 1) {
			const delivery = await channel.get(QUEUES.deadLetters);
			if (delivery === false) break;
			if (await visit(channel, delivery)) channel.ack(delivery);
			else remaining += 1;
		}
		await requeue(channel, remaining);
		return messageCount;
	} finally {
		await channel.close().catch(() => undefined);
	}
}

/** Requeues messages, and waits until the broker has them in the queue: it requeues a moment after the nack. */
async function requeue(channel: ConfirmChannel, count: number): Promise<void> {
	if (count === 0) return;
	channel.nackAll(true);
	for (const end = Date.now() + REQUEUE_TIMEOUT_MS; Date.now() < end; await sleep(REQUEUE_POLL_MS)) {
		const { messageCount } = await channel.checkQueue(QUEUES.deadLetters);
		if (messageCount >= count) return;
	}
}

/** Publishes the message again. Returns false if no queue is bound for it. */
async function tryRepublish(channel: ConfirmChannel, delivery: GetMessage, messageId: string) {
	try {
		await republish(channel, delivery, messageId);
		return true;
	} catch (error) {
		if (error instanceof Error && error.cause instanceof UnroutableError) return false;
		throw error;
	}
}

/** Settles the chosen messages. `settle` returns false to leave one in the queue. */
async function settleChosen(
	connection: Connection,
	choose: Choose,
	settle: (channel: ConfirmChannel, delivery: GetMessage, message: DeadLetter) => Promise<boolean>,
): Promise<DeadLetter[]> {
	const settled: DeadLetter[] = [];
	await visitAll(connection, Number.POSITIVE_INFINITY, async (channel, delivery) => {
		const message = toDeadLetter(delivery);
		if (!choose(message) || !(await settle(channel, delivery, message))) return false;
		settled.push(message);
		return true;
	});
	return settled;
}

/** Opens the dead-letter queue for an operator's command. Rejects with `upstream_unavailable` if the broker doesn't respond. */
export async function openDeadLetters(url: string): Promise<DeadLetters> {
	const connection = await connect(url, {
		timeout: CONNECT_TIMEOUT_MS,
		clientProperties: { connection_name: 'dlq' },
	}).catch((error: unknown) => {
		throw unavailable('RabbitMQ', error);
	});
	// Callers get errors from their own calls; an error without a listener ends the process.
	connection.on('error', () => undefined);
	return {
		async list(limit) {
			const messages: DeadLetter[] = [];
			const total = await visitAll(connection, limit, async (_channel, delivery) => {
				messages.push(toDeadLetter(delivery));
				return false;
			});
			return { total, messages };
		},
		async replay(choose, record) {
			const unroutable: DeadLetter[] = [];
			const published = new Set<string>();
			const replayed = await settleChosen(connection, choose, async (channel, delivery, message) => {
				if (!published.has(message.id) && !(await tryRepublish(channel, delivery, message.id))) {
					unroutable.push(message);
					return false;
				}
				published.add(message.id);
				crashPoint('command.replay.published');
				await record(message);
				return true;
			});
			return { replayed, unroutable };
		},
		drop: (choose, record) =>
			settleChosen(connection, choose, async (_channel, _delivery, message) => {
				await record(message);
				return true;
			}),
		close: () => connection.close(),
	};
}
