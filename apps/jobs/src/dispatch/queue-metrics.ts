import { QUEUES, toolQueue } from '@creatorr/messaging/topology';
import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Deps } from '../deps.ts';
import { type Backlog, readBacklog } from './backlog.sql.ts';

const labels = ['tool'] as const;

const queued = gauge({ name: 'creatorr_jobs_queued', help: 'Jobs that wait to be started, by tool', labels });
const running = gauge({ name: 'creatorr_jobs_running', help: 'Jobs that a worker has, by tool', labels });
const unfinished = gauge({
	name: 'creatorr_jobs_unfinished',
	help: 'Jobs that wait or run, by tool: what workers are needed for',
	labels,
});
const total = gauge({
	name: 'creatorr_jobs_backlog',
	help: 'Jobs that wait or run, of all tools together',
});
const oldest = gauge({
	name: 'creatorr_jobs_oldest_queued_seconds',
	help: 'Age of the oldest job that waits to be started, by tool',
	labels,
});

/**
 * Shows the backlog of every tool, 0 if there is none, so that an autoscaler never misses a value. It is read from the database, so
 * every replica shows the same.
 */
export const backlogMetrics = defineMetrics<Pick<Deps, 'prisma' | 'catalogue'>, Backlog[]>({
	name: 'backlog',
	gauges: [queued, running, unfinished, total, oldest],
	read: ({ prisma }) => readBacklog(prisma),
	show(backlogs, { catalogue }) {
		total.set(backlogs.reduce((sum, one) => sum + one.queued + one.running, 0));
		const byTool = new Map(backlogs.map((backlog) => [backlog.tool, backlog]));
		for (const tool of catalogue.keys()) {
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
	help: 'Messages that wait in a queue of the broker, by queue; the same for all replicas',
	labels: ['queue'],
});

/** Shows how many messages wait at the broker, dead-lettered ones included. */
export const queueMetrics = defineMetrics<Pick<Deps, 'broker' | 'catalogue'>, Map<string, number>>({
	name: 'queues',
	gauges: [messages],
	read: ({ broker, catalogue }) =>
		broker.countMessages([...Object.values(QUEUES), ...[...catalogue.keys()].map(toolQueue)]),
	show(counts) {
		for (const [queue, count] of counts) messages.set({ queue }, count);
	},
});
