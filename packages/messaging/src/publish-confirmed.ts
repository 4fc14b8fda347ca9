import { unavailable } from '@creatorr/contracts/errors';
import type { ConfirmChannel, Options } from 'amqplib';
import { confirmWatch } from './confirm-watch.ts';

export interface OutgoingMessage {
	exchange: string;
	routingKey: string;
	/** Names the message in what the broker returns. */
	messageId: string;
	content: Buffer;
	options: Options.Publish;
}

/** No queue takes the message, which trying again does not change. */
export class UnroutableError extends Error {}

/** A confirm that takes longer will not come: the connection is half-open or the broker has stopped taking messages. */
const CONFIRM_TIMEOUT_MS = 10_000;

/** The ids of mandatory messages that came back because no queue takes them; the broker says so before it confirms. */
const returnedIds = new WeakMap<ConfirmChannel, Set<string>>();

function returnsOf(channel: ConfirmChannel): Set<string> {
	const known = returnedIds.get(channel);
	if (known) return known;
	const ids = new Set<string>();
	channel.on('return', (message) => ids.add(String(message.properties.messageId)));
	returnedIds.set(channel, ids);
	return ids;
}

/** Resolves once the broker has the message safe in every queue that wants it; rejects with `upstream_unavailable` otherwise. */
export async function publishConfirmed(channel: ConfirmChannel, message: OutgoingMessage): Promise<void> {
	const { exchange, routingKey, messageId, content } = message;
	const returned = returnsOf(channel);
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const startedAtMs = performance.now();
	// Only these reach a quorum queue for sure: a broker whose write-ahead log died still confirms all others.
	const isDurable = message.options.persistent === true && message.options.mandatory === true;
	const timer = setTimeout(() => reject(new Error('no confirm came')), CONFIRM_TIMEOUT_MS);
	try {
		channel.publish(exchange, routingKey, content, { ...message.options, messageId }, (error: unknown) =>
			error ? reject(error) : resolve(),
		);
		await promise.catch((error: unknown) => {
			if (isDurable) confirmWatch.failed(startedAtMs);
			throw error;
		});
		const isReturned = returned.delete(messageId);
		if (isDurable && !isReturned) confirmWatch.confirmed();
		if (isReturned) throw new UnroutableError(`no queue takes ${routingKey}`);
	} catch (cause) {
		throw unavailable('RabbitMQ', cause);
	} finally {
		clearTimeout(timer);
	}
}
