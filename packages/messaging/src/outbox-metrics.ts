import { gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';

const events = gauge({
	name: 'creatorr_outbox_events',
	help: 'Events that wait in this service’s outbox, counted up to 10,000; the same for all of its replicas',
});

const oldestAge = gauge({
	name: 'creatorr_outbox_oldest_age_seconds',
	help: 'How long the oldest event has waited in this service’s outbox; 0 where none waits',
});

/** Tells whoever scrapes how far publishing is behind. */
export function watchOutbox(readLag: () => Promise<{ waiting: number; oldestAgeSeconds: number }>): {
	stop(): void;
} {
	return readWhenScraped({
		name: 'outbox',
		gauges: [events, oldestAge],
		read: readLag,
		show({ waiting, oldestAgeSeconds }) {
			events.set(waiting);
			oldestAge.set(oldestAgeSeconds);
		},
	});
}
