import { unavailable } from '@creatorr/contracts/errors';
import { type EventEnvelope, jobCanceled, jobProgressed } from '@creatorr/contracts/events';
import { crashPoint } from '@creatorr/service/crash-point';
import { counter } from '@creatorr/service/metrics';
import { inSpan, SpanKind } from '@creatorr/telemetry/span';
import { contextOf, currentTraceparent, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { Broker } from './connection.ts';
import { publishConfirmed } from './publish-confirmed.ts';
import { EVENTS_EXCHANGE, routingKey } from './topology.ts';

/** Resolves once the broker has the event in every bound queue. If it rejects, publish the event again. */
export type Publish = (event: EventEnvelope) => Promise<void>;

/** Types delivered to the consumers that are connected now, if any. */
const BROADCASTS: ReadonlySet<string> = new Set([jobCanceled.type]);
/** Types that need no disk write. */
const TRANSIENT: ReadonlySet<string> = new Set([jobProgressed.type]);

const failures = counter({
	name: 'creatorr_publish_failures_total',
	help: 'Events that RabbitMQ did not confirm, by type; each is retried or superseded',
	labels: ['type'],
});

/** Returns a publisher with confirms. An event that no queue is bound for is an error, which a confirm alone doesn't show. */
export function createPublisher(broker: Broker): Publish {
	const managedChannel = broker.openManagedChannel(async () => undefined);
	async function publish(event: EventEnvelope): Promise<void> {
		const channel = managedChannel.current();
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
				persistent: !TRANSIENT.has(event.type),
				mandatory: !BROADCASTS.has(event.type),
				...(traceparent ? { headers: { [TRACEPARENT_HEADER]: traceparent } } : {}),
			},
		});
		crashPoint('publisher.confirmed');
	}

	/** Publishes in the trace that the event names, or in the current one. */
	function publishInSpan(event: EventEnvelope): Promise<void> {
		if (TRANSIENT.has(event.type)) return publish(event);
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
