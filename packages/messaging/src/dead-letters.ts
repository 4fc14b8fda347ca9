import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { crashPoint } from '@creatorr/service/crash-point';
import { type ConfirmChannel, connect, type GetMessage, type MessageProperties } from 'amqplib';
import { DIED_IN_HEADER, REASON_HEADER } from './consumer.ts';
import { publishConfirmed, UnroutableError } from './publish-confirmed.ts';
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

type Choose = (letter: DeadLetter) => boolean;
/** Writes down what is done to a letter; when it rejects, the letter stays where it is. */
type Keep = (letter: DeadLetter) => Promise<void>;

export interface DeadLetters {
	/** How many there are, and the oldest of them. None is taken. */
	list(limit: number): Promise<{ total: number; letters: DeadLetter[] }>;
	/**
	 * Publishes each that is chosen once more, as it came first, and takes it off the queue when the broker has it safe and it is
	 * written down. Whoever is killed in between leaves it where it is, to be published again: consumers may see an event twice.
	 * Those that no queue takes stay too.
	 */
	replay(choose: Choose, keep: Keep): Promise<{ replayed: DeadLetter[]; unroutable: DeadLetter[] }>;
	/** Takes those that are chosen off the queue for good, once each is written down; answers which. */
	drop(choose: Choose, keep: Keep): Promise<DeadLetter[]>;
	close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Somebody else may take them meanwhile. */
const GIVE_BACK_MS = 2_000;
const GIVE_BACK_PAUSE_MS = 10;

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
		reason: headers?.[REASON_HEADER] ?? death.reason ?? 'no reason given',
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
/** Answers whether the message is done with. */
type Visit = (channel: ConfirmChannel, message: GetMessage) => Promise<boolean>;

/**
 * Looks at those that are there now, one after the other; what the visitor leaves is back when this resolves, and not before the
 * last has been seen, so that none is seen twice. Until then they show in nobody else's list. Answers how many were there.
 */
async function visitAll(connection: Connection, limit: number, visit: Visit): Promise<number> {
	const channel = await connection.createConfirmChannel();
	// A queue that is not there closes the channel, and an error that nobody hears ends the process.
	channel.on('error', () => undefined);
	try {
		const { messageCount } = await channel.checkQueue(QUEUES.deadLetters);
		let left = 0;
		for (let seen = 0; seen < Math.min(messageCount, limit); seen += 1) {
			const message = await channel.get(QUEUES.deadLetters);
			if (message === false) break;
			if (await visit(channel, message)) channel.ack(message);
			else left += 1;
		}
		await giveBack(channel, left);
		return messageCount;
	} finally {
		await channel.close().catch(() => undefined);
	}
}

/** The broker puts them back a moment after it was told to, and whoever asks in between would find none. */
async function giveBack(channel: ConfirmChannel, count: number): Promise<void> {
	if (count === 0) return;
	channel.nackAll(true);
	for (const end = Date.now() + GIVE_BACK_MS; Date.now() < end; await sleep(GIVE_BACK_PAUSE_MS)) {
		const { messageCount } = await channel.checkQueue(QUEUES.deadLetters);
		if (messageCount >= count) return;
	}
}

/** Whether it was published: false when no queue takes it. */
async function isPublishedAgain(channel: ConfirmChannel, message: GetMessage, messageId: string) {
	try {
		await publishAgain(channel, message, messageId);
		return true;
	} catch (error) {
		if (error instanceof Error && error.cause instanceof UnroutableError) return false;
		throw error;
	}
}

/** Those that are chosen and that `settle` is done with: it leaves one where it is by answering false. */
async function settleChosen(
	connection: Connection,
	choose: Choose,
	settle: (channel: ConfirmChannel, message: GetMessage, letter: DeadLetter) => Promise<boolean>,
): Promise<DeadLetter[]> {
	const settled: DeadLetter[] = [];
	await visitAll(connection, Number.POSITIVE_INFINITY, async (channel, message) => {
		const letter = toDeadLetter(message);
		if (!choose(letter) || !(await settle(channel, message, letter))) return false;
		settled.push(letter);
		return true;
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
				return false;
			});
			return { total, letters };
		},
		async replay(choose, keep) {
			const unroutable: DeadLetter[] = [];
			const replayed = await settleChosen(connection, choose, async (channel, message, letter) => {
				if (!(await isPublishedAgain(channel, message, letter.id))) {
					unroutable.push(letter);
					return false;
				}
				crashPoint('command.replay.published');
				await keep(letter);
				return true;
			});
			return { replayed, unroutable };
		},
		drop: (choose, keep) =>
			settleChosen(connection, choose, async (_channel, _message, letter) => {
				await keep(letter);
				return true;
			}),
		close: () => connection.close(),
	};
}
