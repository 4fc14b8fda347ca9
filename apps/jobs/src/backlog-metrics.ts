import { gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';
import type { Backlog } from './data/read-backlog.ts';

const labels = ['tool'] as const;

const queued = gauge({ name: 'creatorr_jobs_queued', help: 'Jobs that wait to be started, by tool', labels });
const running = gauge({ name: 'creatorr_jobs_running', help: 'Jobs that a worker has, by tool', labels });
const unfinished = gauge({
	name: 'creatorr_jobs_unfinished',
	help: 'Jobs that wait or run, by tool: what workers are needed for',
	labels,
});
const backlogOfAll = gauge({
	name: 'creatorr_jobs_backlog',
	help: 'Jobs that wait or run, of all tools together',
});
const oldest = gauge({
	name: 'creatorr_jobs_oldest_queued_seconds',
	help: 'Age of the oldest job that waits to be started, by tool',
	labels,
});

/**
 * Shows the backlog of every tool, 0 where there is none, so that whoever scales the workers by it never misses a value. It is
 * read from the database, so every replica shows the same.
 */
export function showBacklog(tools: readonly string[], read: () => Promise<Backlog[]>): { stop(): void } {
	return readWhenScraped({
		name: 'backlog',
		gauges: [queued, running, unfinished, backlogOfAll, oldest],
		read,
		show(backlogs) {
			backlogOfAll.set(backlogs.reduce((sum, one) => sum + one.queued + one.running, 0));
			const byTool = new Map(backlogs.map((backlog) => [backlog.tool, backlog]));
			for (const tool of tools) {
				const backlog = byTool.get(tool);
				queued.set({ tool }, backlog?.queued ?? 0);
				running.set({ tool }, backlog?.running ?? 0);
				unfinished.set({ tool }, (backlog?.queued ?? 0) + (backlog?.running ?? 0));
				oldest.set({ tool }, backlog?.oldestSeconds ?? 0);
			}
		},
	});
}
