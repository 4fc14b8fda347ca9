import { OUTBOX_CHANNEL, publishBatch, readOutboxLag } from '@creatorr/database/outbox';
import { crashPoint } from '@creatorr/service/crash-point';
import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import { defineTask } from '@creatorr/service/task';
import type { Messaging } from './open-broker.ts';

type OutboxDeps = Pick<Messaging, 'publish'> & {
	prisma: Parameters<typeof publishBatch>[0] & Parameters<typeof readOutboxLag>[0];
};

const BATCH_SIZE = 100;
/** Finds rows whose notification was lost. */
const SAFETY_POLL_MS = 5_000;

/**
 * Publishes the events in the outbox. Stops last, because requests, consumers and tasks add to it until they end, and then runs
 * once more. Events that can't be published, for example while the broker is down, wait for another replica or the next start.
 */
export const relayOutbox = defineTask<OutboxDeps>({
	name: 'relay_outbox',
	everyMs: SAFETY_POLL_MS,
	on: [OUTBOX_CHANNEL],
	stopsLast: true,
	runsAtStop: true,
	async run({ prisma, publish }, stopping) {
		while (!stopping.aborted && (await publishBatch(prisma, BATCH_SIZE, publish)) > 0)
			crashPoint('relay.committed');
	},
});

const events = gauge({
	name: 'creatorr_outbox_events',
	help: 'Events in this service’s outbox, counted up to 10,000; the same for all of its replicas',
});
const oldestAge = gauge({
	name: 'creatorr_outbox_oldest_age_seconds',
	help: 'Age of the oldest event in this service’s outbox; 0 if it is empty',
});

/** Number and age of the events in the outbox. */
export const outboxMetrics = defineMetrics<OutboxDeps, Awaited<ReturnType<typeof readOutboxLag>>>({
	name: 'outbox',
	gauges: [events, oldestAge],
	read: ({ prisma }) => readOutboxLag(prisma),
	update({ waiting, oldestAgeSeconds }) {
		events.set(waiting);
		oldestAge.set(oldestAgeSeconds);
	},
});
