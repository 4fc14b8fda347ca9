import { createHash } from 'node:crypto';
import { crashPoint } from '@creatorr/service/crash-point';
import { type ConfirmChannel, connect, type GetMessage, type MessageProperties } from 'amqplib';
import { DIED_IN_HEADER, REASON_HEADER } from './consumer.ts';
import { publishConfirmed } from './publish-confirmed.ts';
import { EVENTS_EXCHANGE, QUEUES } from './topology.ts';

/** A message that no consumer could handle, as it lies in the queue. */
export interface DeadLetter {
	/** Of the event; of a message without one, a digest of what it says. The same event may be dead in several queues. */
	id: string;
	/** The event's type, and the tool where it asks for one. */
	routingKey: string;
	/** Why, as the consumer or the broker says. */
	reason: string;
	/** Which queue it was in. */
	diedIn: string | null;
	diedAt: Date | null;
	content: string;
}

export interface DeadLetters {
	/** How many there are, and the oldest of them. None is taken. */
	list(limit: number): Promise<{ total: number; letters: DeadLetter[] }>;
	/**
	 * Publishes each that is chosen once more, as it came first, and takes it off the queue when the broker has it safe. Whoever is
	 * killed in between leaves it where it is, to be published again: consumers may see an event twice. Answers which.
	 */
	replay(choose: (letter: DeadLetter) => boolean): Promise<DeadLetter[]>;
	/** Takes those that are chosen off the queue for good; answers which. */
	drop(choose: (letter: DeadLetter) => boolean): Promise<DeadLetter[]>;
	close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;

interface Death {
	queue?: string;
	reason?: string;
	time?: { value?: number };
}

/** Where the broker itself gave it up: delivered too often, say. */
function brokerDeath({ headers }: MessageProperties): Death {
	return (headers?.['x-death'] as Death[] | undefined)?.[0] ?? {};
}

function diedAt({ timestamp }: MessageProperties, death: Death): Date | null {
	const seconds = death.time?.value ?? timestamp;
	return typeof seconds === 'number' ? new Date(seconds * 1_000) : null;
}

function toDeadLetter({ fields, properties, content }: GetMessage): DeadLetter {
	const death = brokerDeath(properties);
	const { headers } = properties;
	return {
		id: properties.messageId ?? createHash('sha256').update(content).digest('hex').slice(0, 16),
		routingKey: fields.routingKey,
		reason: headers?.[REASON_HEADER] ?? death.reason ?? 'nobody said why',
		diedIn: headers?.[DIED_IN_HEADER] ?? death.queue ?? null,
		diedAt: diedAt(properties, death),
		content: content.toString(),
	};
}

/** As it was before it died, to the exchange that it came from. What begins with x- was added when it died. */
async function publishAgain(
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
type Visit = (channel: ConfirmChannel, message: GetMessage) => Promise<void>;

/**
 * Looks at those that are there now, one after the other; what the visitor leaves goes back when the last has been seen, so that
 * none is seen twice. Until then they show in nobody else's list. Answers how many were there.
 */
async function visitAll(connection: Connection, limit: number, visit: Visit): Promise<number> {
	const channel = await connection.createConfirmChannel();
	// A queue that is not there closes the channel, and an error that nobody hears ends the process.
	channel.on('error', () => undefined);
	try {
		const { messageCount } = await channel.checkQueue(QUEUES.deadLetters);
		for (let seen = 0; seen < Math.min(messageCount, limit); seen += 1) {
			const message = await channel.get(QUEUES.deadLetters);
			if (message === false) break;
			await visit(channel, message);
		}
		return messageCount;
	} finally {
		await channel.close().catch(() => undefined);
	}
}

/** Those that are chosen, once `settle` is done with each. */
async function settleChosen(
	connection: Connection,
	choose: (letter: DeadLetter) => boolean,
	settle: (channel: ConfirmChannel, message: GetMessage, letter: DeadLetter) => Promise<void>,
): Promise<DeadLetter[]> {
	const settled: DeadLetter[] = [];
	await visitAll(connection, Number.POSITIVE_INFINITY, async (channel, message) => {
		const letter = toDeadLetter(message);
		if (!choose(letter)) return;
		await settle(channel, message, letter);
		channel.ack(message);
		settled.push(letter);
	});
	return settled;
}

/** The dead letters, for an operator's command. Rejects when the broker does not answer. */
export async function openDeadLetters(url: string): Promise<DeadLetters> {
	const connection = await connect(url, {
		timeout: CONNECT_TIMEOUT_MS,
		clientProperties: { connection_name: 'dlq' },
	});
	// Whoever waits for an answer is told by that; an error that nobody hears ends the process.
	connection.on('error', () => undefined);
	return {
		async list(limit) {
			const letters: DeadLetter[] = [];
			const total = await visitAll(connection, limit, async (_channel, message) => {
				letters.push(toDeadLetter(message));
			});
			return { total, letters };
		},
		replay: (choose) =>
			settleChosen(connection, choose, async (channel, message, { id }) => {
				await publishAgain(channel, message, id);
				crashPoint('command.replay.published');
			}),
		drop: (choose) => settleChosen(connection, choose, async () => undefined),
		close: () => connection.close(),
	};
}
