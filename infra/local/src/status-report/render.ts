import type { StatusReport } from './collect.ts';
import { shortAge, shortSize } from './format.ts';

const UNKNOWN = '?';

/** Renders the report for a terminal of 80 columns. */
export function renderStatus(report: StatusReport, nowMs: number): string[] {
	const where = report.url === null ? 'has its backing services' : `at ${report.url}`;
	return [
		`creatorr ${where}, supervisor pid ${report.supervisor_pid}`,
		`in ${report.home}`,
		'',
		...processLines(report),
		'',
		...(report.alarms.length === 0 ? [] : ['ALARMS', ...report.alarms.map((alarm) => `  ${alarm}`), '']),
		...toolLines(report),
		...workerLines(report),
		...failureLines(report, nowMs),
		...queueLines(report),
		...backlogLines(report),
	];
}

function processLines({ processes, silent }: StatusReport): string[] {
	return processes.map(({ name, state, pid, restarts }) => {
		const parts = [name.padEnd(16), state.padEnd(11), pid === null ? '' : `pid ${pid}`];
		if (restarts > 0) parts.push(`restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`);
		if (silent.includes(name)) parts.push('NOT RESPONDING');
		return parts.join(' ').trimEnd();
	});
}

function toolLines({ tools }: StatusReport): string[] {
	if (!tools) return ['jobs by tool     unknown: the jobs service is down'];
	const row = (name: string, cells: (string | number)[]) =>
		`${name.padEnd(20)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
	return [
		row('jobs by tool', ['queued', 'oldest', 'running', 'slots', 'workers']),
		...Object.entries(tools).map(([tool, { queued, oldest_queued_seconds, running, slots, workers }]) =>
			row(`  ${tool}`, [queued, queued > 0 ? shortAge(oldest_queued_seconds) : '-', running, slots, workers]),
		),
	];
}

function workerLines({ workers }: StatusReport): string[] {
	if (!workers) return [];
	if (workers.length === 0) return ['workers          NONE: no jobs run'];
	const lines = workers.map(({ id, running, silent_seconds }) => {
		const heartbeat = `heartbeat ${shortAge(silent_seconds)} ago`;
		return `  ${id.padEnd(45)}${String(running).padStart(3)} running, ${heartbeat}`;
	});
	return ['workers', ...lines];
}

function failureLines({ recent_failures: failures }: StatusReport, nowMs: number): string[] {
	if (!failures) return [];
	if (failures.length === 0) return ['recent failures  none'];
	const lines = failures.map(({ job_id, tool, error_code, ended_at }) => {
		const age = ended_at === null ? UNKNOWN : shortAge((nowMs - Date.parse(ended_at)) / 1_000);
		return `  ${age.padStart(4)} ago  ${tool.padEnd(16)} ${(error_code ?? UNKNOWN).padEnd(18)} ${job_id}`;
	});
	return ['recent failures', ...lines];
}

function queueLines({ queues }: StatusReport): string[] {
	if (!queues) return ['queues           unknown'];
	const filled = Object.entries(queues).filter(([, count]) => count > 0);
	if (filled.length === 0) return ['queues           empty'];
	return ['queues', ...filled.map(([queue, count]) => `  ${queue.padEnd(30)}${String(count).padStart(9)}`)];
}

function backlogLines({
	dead_letters,
	outboxes,
	mails_waiting,
	files_due,
	stored,
	disk,
}: StatusReport): string[] {
	const outbox = Object.entries(outboxes).map(([service, { waiting, oldest_age_seconds: age }]) =>
		waiting === 0 ? `${service} 0` : `${service} ${waiting} (${shortAge(age)})`,
	);
	const runbook = dead_letters ? ': docs/runbooks/dead-letters.md' : '';
	const used = 1 - disk.free_bytes / Math.max(1, disk.total_bytes);
	return [
		`dead letters     ${dead_letters ?? UNKNOWN}${runbook}`,
		`outbox           ${outbox.join(', ') || UNKNOWN}`,
		`mails waiting    ${mails_waiting ?? UNKNOWN}`,
		`files due        ${files_due ?? UNKNOWN}`,
		`stored           ${stored ? `${stored.files} files, ${shortSize(stored.bytes)}` : UNKNOWN}`,
		`disk             ${shortSize(disk.free_bytes)} free of ${shortSize(disk.total_bytes)} (${Math.round(100 * used)}% used)`,
	];
}
