import { queryDatabase } from '../../driver/database.ts';
import type { Auditor } from './audit-report.ts';

interface Row {
	event_id: string;
	url: string;
	user_id: string;
	status: string;
	attempt_count: number;
}

/** Every job that ended has one event, and every event has reached its endpoints. */
export const auditWebhooks: Auditor = async (ledger, report) => {
	const rows = await queryDatabase<Row>(
		'webhooks',
		`SELECT event_id, url, user_id, deliveries.status::text, attempt_count FROM deliveries
		JOIN endpoints ON endpoints.id = endpoint_id WHERE url LIKE '%/events%'`,
	);
	// Receivers of earlier runs are gone.
	const deliveries = rows.filter(({ user_id: userId }) => ledger.people.has(userId));
	for (const { event_id: id, url, status } of deliveries) {
		if (status !== 'succeeded') report.find('undelivered', `the delivery of ${id} is ${status}`);
		else if (!ledger.received.has(`${new URL(url).pathname} ${id}`))
			report.find('lost', `${id} counts as delivered and never arrived`);
	}
	const events = await queryDatabase<{ job_id: string; count: number }>(
		'webhooks',
		`SELECT data->>'job_id' AS job_id, count(*)::int FROM events WHERE data->>'job_id' IS NOT NULL GROUP BY 1`,
	);
	const counts = new Map(events.map(({ job_id, count }) => [job_id, count]));
	for (const { id, userId } of ledger.jobs.values()) {
		const count = counts.get(id) ?? 0;
		if (count !== 1 && !ledger.deleted.has(userId)) report.find('event', `job ${id} has ${count} events`);
		for (const { path } of ledger.endpoints.filter((endpoint) => endpoint.userId === userId))
			if (!ledger.receivedJobs.has(`${path} ${id}`))
				report.find('lost', `the end of ${id} has not reached ${path}`);
	}
	report.counts['events delivered'] = deliveries.length;
	report.counts['attempts to deliver them'] = deliveries.reduce((sum, row) => sum + row.attempt_count, 0);
};
