import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Deps } from '../deps.ts';
import { type LiveWorker, readWorkers } from './workers.sql.ts';

const workers = gauge({
	name: 'creatorr_workers',
	help: 'Online workers with the tool, by tool; the same for all replicas',
	labels: ['tool'],
});

const slots = gauge({
	name: 'creatorr_worker_slots',
	help: 'Jobs that all workers together can run at a time, by tool; the same for all replicas',
	labels: ['tool'],
});

/** Shows for every tool how many workers can run it, 0 if none can. */
export const workerMetrics = defineMetrics<Deps, LiveWorker[]>({
	name: 'workers',
	gauges: [workers, slots],
	read: ({ prisma, config }) => readWorkers(prisma, config.WORKER_LEASE_MS),
	update(live, { catalog }) {
		for (const tool of catalog.keys()) {
			const slotCounts = live.map((worker) => worker.slots[tool] ?? 0).filter((count) => count > 0);
			workers.set({ tool }, slotCounts.length);
			slots.set(
				{ tool },
				slotCounts.reduce((sum, count) => sum + count, 0),
			);
		}
	},
});
