import { gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';
import type { LivingWorker } from './data/read-workers.ts';

const workers = gauge({
	name: 'creatorr_workers',
	help: 'Workers that are heard and have the tool, by tool; the same for all replicas',
	labels: ['tool'],
});

const slots = gauge({
	name: 'creatorr_worker_slots',
	help: 'Jobs that all workers together run at once, by tool; the same for all replicas',
	labels: ['tool'],
});

/** Shows for every tool who could run it, 0 where nobody can. */
export function showWorkers(
	tools: readonly string[],
	read: () => Promise<Pick<LivingWorker, 'slots'>[]>,
): { stop(): void } {
	return readWhenScraped({
		name: 'workers',
		gauges: [workers, slots],
		read,
		show(living) {
			for (const tool of tools) {
				const able = living.map((worker) => worker.slots[tool] ?? 0).filter((count) => count > 0);
				workers.set({ tool }, able.length);
				slots.set(
					{ tool },
					able.reduce((sum, count) => sum + count, 0),
				);
			}
		},
	});
}
