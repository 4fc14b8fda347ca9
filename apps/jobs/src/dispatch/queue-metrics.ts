import { QUEUES, toolQueue } from '@creatorr/messaging/topology';
import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Deps } from '../deps.ts';
import { type Backlog, readBacklog } from './backlog.sql.ts';

const labels = ['tool'] as const;

const queued = gauge({
	name: 'creatorr_jobs_queued',
	help: 'Queued jobs, by tool, including deferred jobs, which the API shows as running',
	labels,
});
const running = gauge({
	name: 'creatorr_jobs_running',
	help: 'Running jobs, by tool, including those that wait for another worker after a lost or returned attempt',
	labels,
});
const unfinished = gauge({
	name: 'creatorr_jobs_unfinished',
	help: 'Queued and running jobs, by tool: the demand for workers',
	labels,
});
const total = gauge({
	name: 'creatorr_jobs_backlog',
	help: 'Queued and running jobs of all tools',
});
const oldest = gauge({
	name: 'creatorr_jobs_oldest_queued_seconds',
	help: 'Age of the oldest queued job, by tool',
	labels,
});

/**
 * Shows the backlog of every tool, 0 if there is none, so that an autoscaler never misses a value. It is read from the database, so
 * every replica shows the same.
 */
export const backlogMetrics = defineMetrics<Pick<Deps, 'prisma' | 'catalog'>, Backlog[]>({
	name: 'backlog',
	gauges: [queued, running, unfinished, total, oldest],
	read: ({ prisma }) => readBacklog(prisma),
	update(backlogs, { catalog }) {
		total.set(backlogs.reduce((sum, one) => sum + one.queued + one.running, 0));
		const byTool = new Map(backlogs.map((backlog) => [backlog.tool, backlog]));
		for (const tool of catalog.keys()) {
			const backlog = byTool.get(tool);
			queued.set({ tool }, backlog?.queued ?? 0);
			running.set({ tool }, backlog?.running ?? 0);
			unfinished.set({ tool }, (backlog?.queued ?? 0) + (backlog?.running ?? 0));
			oldest.set({ tool }, backlog?.oldestSeconds ?? 0);
		}
	},
});

const messages = gauge({
	name: 'creatorr_queue_messages',
	help: 'Messages in a RabbitMQ queue, by queue; the same for all replicas',
	labels: ['queue'],
});

/** Shows how many messages wait at the broker, dead-lettered ones included. */
export const queueMetrics = defineMetrics<Pick<Deps, 'broker' | 'catalog'>, Map<string, number>>({
	name: 'queues',
	gauges: [messages],
	read: ({ broker, catalog }) =>
		broker.countMessages([...Object.values(QUEUES), ...[...catalog.keys()].map(toolQueue)]),
	update(counts) {
		for (const [queue, count] of counts) messages.set({ queue }, count);
	},
});
