import { unavailable } from '@creatorr/contracts/errors';
import { type EventEnvelope, jobCanceled, jobProgressed } from '@creatorr/contracts/events';
import { crashPoint } from '@creatorr/service/crash-point';
import { counter } from '@creatorr/service/metrics';
import { inSpan, SpanKind } from '@creatorr/telemetry/span';
import { contextOf, currentTraceparent, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { Broker } from './connection.ts';
import { publishConfirmed } from './publish-confirmed.ts';
import { EVENTS_EXCHANGE, routingKey } from './topology.ts';

/** Resolves once the broker has the event safe in every queue that wants it. Rejects otherwise: publish it again. */
export type Publish = (event: EventEnvelope) => Promise<void>;

/** Heard by whoever listens just now, perhaps by nobody. */
const BROADCASTS: ReadonlySet<string> = new Set([jobCanceled.type]);
/** Not worth a disk write. */
const FLEETING: ReadonlySet<string> = new Set([jobProgressed.type]);

const failures = counter({
	name: 'creatorr_publish_failures_total',
	help: 'Events that RabbitMQ did not confirm, by type; each is retried or superseded',
	labels: ['type'],
});

/** Publishes with confirms; an event that no queue would take is an error, as a confirm alone does not tell. */
export function createPublisher(broker: Broker): Publish {
	const kept = broker.keepChannel(async () => undefined);
	async function publish(event: EventEnvelope): Promise<void> {
		const channel = kept.current();
		if (!channel) throw unavailable('RabbitMQ', new Error('not connected'));
		const traceparent = currentTraceparent();
		crashPoint('publisher.publishing');
		await publishConfirmed(channel, {
			exchange: EVENTS_EXCHANGE,
			routingKey: routingKey(event),
			messageId: event.id,
			content: Buffer.from(JSON.stringify(event)),
			options: {
				contentType: 'application/json',
				persistent: !FLEETING.has(event.type),
				mandatory: !BROADCASTS.has(event.type),
				...(traceparent ? { headers: { [TRACEPARENT_HEADER]: traceparent } } : {}),
			},
		});
		crashPoint('publisher.confirmed');
	}

	/** In the trace that the event names, or in the one that is going on. */
	function publishInSpan(event: EventEnvelope): Promise<void> {
		if (FLEETING.has(event.type)) return publish(event);
		const options = { kind: SpanKind.PRODUCER, attributes: { request_id: event.request_id } };
		const parent = contextOf(event.traceparent);
		return inSpan(`${event.type} publish`, { ...options, ...(parent && { parent }) }, () => publish(event));
	}

	return (event) =>
		publishInSpan(event).catch((error: unknown) => {
			failures.inc({ type: event.type });
			throw error;
		});
}
