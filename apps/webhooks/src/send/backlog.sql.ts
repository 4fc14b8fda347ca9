import { gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Database } from '../database.sql.ts';

interface Backlog {
	due: number;
	oldestAgeSeconds: number;
}

/** Highest count, which bounds its cost. */
const COUNTED_AT_MOST = 100_000;

const due = gauge({
	name: 'creatorr_webhook_deliveries_due',
	help: 'Deliveries that could be sent now, counted up to 100,000: without those of paused endpoints; the same for all replicas',
});
const oldestAge = gauge({
	name: 'creatorr_webhook_oldest_due_age_seconds',
	help: 'How long the oldest due delivery is overdue; 0 if there is none',
});

/** Deliveries that wait for a free slot. */
export const backlogMetrics = defineMetrics<{ prisma: Database }, Backlog>({
	name: 'webhook_deliveries',
	gauges: [due, oldestAge],
	async read({ prisma }) {
		const rows = await prisma.$queryRaw<Backlog[]>`
			SELECT count(*)::int AS due, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS "oldestAgeSeconds"
			FROM (
				SELECT due_at FROM deliveries JOIN endpoints ON endpoints.id = endpoint_id
				WHERE due_at <= now() AND endpoints.status = 'enabled' AND coalesce(paused_until <= now(), true)
				LIMIT ${COUNTED_AT_MOST}
			) AS counted`;
		return rows[0] ?? { due: 0, oldestAgeSeconds: 0 };
	},
	update(backlog) {
		due.set(backlog.due);
		oldestAge.set(backlog.oldestAgeSeconds);
	},
});
