import { counter, gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import { readWaitingEvents, type WaitingEvents } from './data/read-waiting-events.ts';

const events = counter({
	name: 'creatorr_stripe_events_total',
	help: 'Webhook events that came, by outcome: new, repeated, refused (not signed by Stripe just now)',
	labels: ['outcome'],
});

const syncs = counter({
	name: 'creatorr_customer_syncs_total',
	help: 'Customers of whom Stripe was asked, by outcome: done, failed (asked again later)',
	labels: ['outcome'],
});

const waitingEvents = gauge({
	name: 'creatorr_stripe_events_waiting',
	help: 'Events whose customer has not been read again yet; the same for all replicas',
});

const oldestEvent = gauge({
	name: 'creatorr_stripe_events_oldest_age_seconds',
	help: 'How long the oldest of them has waited; 0 where none waits',
});

for (const outcome of ['done', 'failed']) syncs.inc({ outcome }, 0);

export function countEvent(outcome: 'new' | 'repeated' | 'refused'): void {
	events.inc({ outcome });
}

export function countSync(outcome: 'done' | 'failed'): void {
	syncs.inc({ outcome });
}

/** The events that are not applied yet. */
export const stripeEventMetrics = defineMetrics<
	{ prisma: Parameters<typeof readWaitingEvents>[0] },
	WaitingEvents
>({
	name: 'stripe_events',
	gauges: [waitingEvents, oldestEvent],
	read: ({ prisma }) => readWaitingEvents(prisma),
	show({ waiting, oldestAgeSeconds }) {
		waitingEvents.set(waiting);
		oldestEvent.set(oldestAgeSeconds);
	},
});
