import { unavailable } from '@creatorr/contracts/errors';
import type { ConfirmChannel, Options } from 'amqplib';
import { confirmWatch } from './confirm-watch.ts';

export interface OutgoingMessage {
	exchange: string;
	routingKey: string;
	/** Identifies the message if the broker returns it. */
	messageId: string;
	content: Buffer;
	options: Options.Publish;
}

/** The cause of `upstream_unavailable` when no queue is bound for the message. Callers still retry: the queue may be declared later. */
export class UnroutableError extends Error {}

/** A later confirm won't come: the connection is half-open or the broker accepts no messages. */
const CONFIRM_TIMEOUT_MS = 10_000;

/** Ids of mandatory messages that the broker returned because no queue is bound for them. It returns them before it confirms them. */
const returnedIds = new WeakMap<ConfirmChannel, Set<string>>();

function returnsOf(channel: ConfirmChannel): Set<string> {
	const known = returnedIds.get(channel);
	if (known) return known;
	const ids = new Set<string>();
	channel.on('return', (message) => ids.add(String(message.properties.messageId)));
	returnedIds.set(channel, ids);
	return ids;
}

/** Resolves once the broker has the message in every bound queue. Rejects with `upstream_unavailable` otherwise. */
export async function publishConfirmed(channel: ConfirmChannel, message: OutgoingMessage): Promise<void> {
	const { exchange, routingKey, messageId, content } = message;
	const returned = returnsOf(channel);
	// The broker may have returned an earlier publish of this message whose confirm didn’t come in time.
	returned.delete(messageId);
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const startedAtMs = performance.now();
	// Only persistent, mandatory messages certainly reach a quorum queue: a broker whose write-ahead log died still confirms others.
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
		if (isReturned) throw new UnroutableError(`no queue is bound to ${routingKey}`);
	} catch (cause) {
		throw unavailable('RabbitMQ', cause);
	} finally {
		clearTimeout(timer);
	}
}
