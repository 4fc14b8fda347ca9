import type { Broker } from '@creatorr/messaging/connection';
import { QUEUES, toolQueue } from '@creatorr/messaging/topology';
import { gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';

const messages = gauge({
	name: 'creatorr_queue_messages',
	help: 'Messages that wait in a queue of the broker, by queue; the same for all replicas',
	labels: ['queue'],
});

/** Shows what waits at the broker: dead letters before all. */
export function showQueues(
	tools: readonly string[],
	broker: Pick<Broker, 'countMessages'>,
): { stop(): void } {
	const queues = [...Object.values(QUEUES), ...tools.map(toolQueue)];
	return readWhenScraped({
		name: 'queues',
		gauges: [messages],
		read: () => broker.countMessages(queues),
		show(counts) {
			for (const [queue, count] of counts) messages.set({ queue }, count);
		},
	});
}
