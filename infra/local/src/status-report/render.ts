import { formatReport } from '@creatorr/service/format-report';
import type { StatusReport } from './collect.ts';
import { shortAge, shortSize } from './format.ts';

/** Renders the report for a terminal of 80 columns. `-` is an unknown value. */
export function renderStatus(report: StatusReport, nowMs: number): string {
	const { processes, silent, alarms, tools, workers, recent_failures, queues, outboxes, stored, disk } =
		report;
	const deadLetters = report.dead_letters;
	const waiting = Object.entries(queues ?? {}).filter(([, messages]) => messages > 0);
	const used = Math.round(100 * (1 - disk.free_bytes / Math.max(1, disk.total_bytes)));
	return formatReport({
		home: report.home,
		url: report.url,
		supervisor: `pid ${report.supervisor_pid}`,
		'dead letters': deadLetters ? `${deadLetters}: docs/runbooks/dead-letters.md` : deadLetters,
		'mails waiting': report.mails_waiting,
		'files to delete': report.files_due,
		stored: stored && `${stored.files} files, ${shortSize(stored.bytes)}`,
		disk: `${shortSize(disk.free_bytes)} free of ${shortSize(disk.total_bytes)} (${used}% used)`,
		alarms,
		processes: processes.map(({ name, state, ...others }) => ({
			name,
			state: state === 'ready' && silent.includes(name) ? 'NOT RESPONDING' : state,
			...others,
		})),
		'jobs by tool':
			tools &&
			Object.entries(tools).map(([tool, { queued, oldest_queued_seconds, ...counts }]) => {
				const oldest = queued > 0 ? shortAge(oldest_queued_seconds) : null;
				return { tool, queued, oldest, ...counts };
			}),
		workers:
			workers?.length === 0
				? 'NONE, no jobs run: docs/runbooks/backlog.md'
				: workers?.map(({ id, running, silent_seconds }) => {
						return { id, running, heartbeat: `${shortAge(silent_seconds)} ago` };
					}),
		'recent failures': recent_failures?.map(({ ended_at, tool, error_code, job_id }) => {
			const age = ended_at && `${shortAge((nowMs - Date.parse(ended_at)) / 1_000)} ago`;
			return { ended: age, tool, error: error_code, job: job_id };
		}),
		queues: queues && waiting.map(([queue, messages]) => ({ queue, messages })),
		outbox:
			outboxes &&
			Object.entries(outboxes).map(([service, { waiting: events, oldest_age_seconds }]) => {
				return { service, events, oldest: events > 0 ? shortAge(oldest_age_seconds) : null };
			}),
	});
}
