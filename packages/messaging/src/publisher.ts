import { unavailable } from '@creatorr/contracts/errors';
import { type EventEnvelope, jobCanceled, jobProgressed } from '@creatorr/contracts/events';
import type { ConfirmChannel } from 'amqplib';
import type { Broker } from './connection.ts';
import { EVENTS_EXCHANGE, routingKey } from './topology.ts';

/** Resolves once the broker has the event safe in every queue that wants it. Rejects otherwise: publish it again. */
export type Publish = (event: EventEnvelope) => Promise<void>;

/** Heard by whoever listens just now, perhaps by nobody. */
const BROADCASTS: ReadonlySet<string> = new Set([jobCanceled.type]);
/** Not worth a disk write. */
const FLEETING: ReadonlySet<string> = new Set([jobProgressed.type]);

/** A confirm that takes longer will not come: the connection is half-open or the broker has stopped taking messages. */
const CONFIRM_TIMEOUT_MS = 10_000;

interface Pending {
	returned: boolean;
}

function send(channel: ConfirmChannel, event: EventEnvelope, pending: Map<string, Pending>): Promise<void> {
	const entry: Pending = { returned: false };
	pending.set(event.id, entry);
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const timer = setTimeout(
		() => reject(unavailable('rabbitmq', new Error('no confirm came'))),
		CONFIRM_TIMEOUT_MS,
	);
	const options = {
		messageId: event.id,
		contentType: 'application/json',
		persistent: !FLEETING.has(event.type),
		mandatory: !BROADCASTS.has(event.type),
	};
	channel.publish(
		EVENTS_EXCHANGE,
		routingKey(event),
		Buffer.from(JSON.stringify(event)),
		options,
		(error: unknown) => {
			if (error) reject(unavailable('rabbitmq', error));
			else if (entry.returned) reject(unavailable('rabbitmq', new Error(`no queue takes ${event.type}`)));
			else resolve();
		},
	);
	return promise.finally(() => {
		clearTimeout(timer);
		pending.delete(event.id);
	});
}

/** Publishes with confirms; an event that no queue would take is an error, as a confirm alone does not tell. */
export function createPublisher(broker: Broker): Publish {
	const pending = new Map<string, Pending>();
	const kept = broker.keepChannel(async (channel) => {
		channel.on('return', (message) => {
			const entry = pending.get(String(message.properties.messageId));
			if (entry) entry.returned = true;
		});
	});
	return async (event) => {
		const channel = kept.current();
		if (!channel) throw unavailable('rabbitmq', new Error('not connected'));
		await send(channel, event, pending);
	};
}
