import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import { defineTask } from '@creatorr/service/task';
import type { Database } from '../database.sql.ts';
import { pruneEvents, readWaitingEvents, type WaitingEvents } from './stripe-events.sql.ts';

const HOUR_MS = 3_600_000;
/** Stripe repeats deliveries for 3 days and lists events for 30. */
const RETENTION_DAYS = 40;

/** Deletes old applied events. */
export const pruneStripeEvents = defineTask<{ prisma: Database }>({
	name: 'prune_stripe_events',
	everyMs: HOUR_MS,
	run: ({ prisma }) => pruneEvents(prisma, RETENTION_DAYS),
});

const waitingEvents = gauge({
	name: 'creatorr_stripe_events_waiting',
	help: 'Events whose customer is not synced yet; the same for all replicas',
});
const oldestEvent = gauge({
	name: 'creatorr_stripe_events_oldest_age_seconds',
	help: 'Age of the oldest event whose customer is not synced yet; 0 if there is none',
});

/** Events that are not applied yet. */
export const stripeEventMetrics = defineMetrics<{ prisma: Database }, WaitingEvents>({
	name: 'stripe_events',
	gauges: [waitingEvents, oldestEvent],
	read: ({ prisma }) => readWaitingEvents(prisma),
	update({ waiting, oldestAgeSeconds }) {
		waitingEvents.set(waiting);
		oldestEvent.set(oldestAgeSeconds);
	},
});
