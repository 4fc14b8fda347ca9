import type { ProcessSnapshot } from '../supervisor/process.ts';
import type { FailureReport, StatusReport, ToolReport } from './report.ts';

const UNKNOWN = '?';
const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 90 s as `2m`, for a column. */
export function shortAge(seconds: number): string {
	if (seconds < 90) return `${Math.round(seconds)}s`;
	if (seconds < 90 * 60) return `${Math.round(seconds / 60)}m`;
	if (seconds < 36 * 3_600) return `${Math.round(seconds / 3_600)}h`;
	return `${Math.round(seconds / 86_400)}d`;
}

export function shortSize(bytes: number): string {
	let [value, unit] = [bytes, 0];
	while (value >= 1024 && unit < SIZES.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${SIZES[unit]}`;
}

function processLine({ name, state, pid, restarts }: ProcessSnapshot, isSilent: boolean): string {
	const parts = [name.padEnd(16), state.padEnd(11), pid === null ? '' : `pid ${pid}`];
	if (restarts > 0) parts.push(`restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`);
	if (isSilent) parts.push('NOT RESPONDING');
	return parts.join(' ').trimEnd();
}

function toolLines(tools: Record<string, ToolReport> | null): string[] {
	if (!tools) return ['jobs by tool     unknown: the jobs service is down'];
	const header = `${'jobs by tool'.padEnd(20)}${['queued', 'oldest', 'running', 'slots', 'workers'].map((word) => word.padStart(9)).join('')}`;
	const rows = Object.entries(tools).map(([tool, report]) => {
		const oldest = report.queued > 0 ? shortAge(report.oldest_queued_seconds) : '-';
		const cells = [report.queued, oldest, report.running, report.slots, report.workers];
		return `  ${tool.padEnd(18)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
	});
	return [header, ...rows];
}

function workerLines({ workers }: StatusReport): string[] {
	if (!workers) return [];
	if (workers.length === 0) return ['workers          NONE: no jobs run'];
	return [
		'workers',
		...workers.map(({ id, running, silent_seconds }) => {
			const heard = `heartbeat ${shortAge(silent_seconds)} ago`;
			return `  ${id.padEnd(45)}${String(running).padStart(3)} running, ${heard}`;
		}),
	];
}

function failureLines(failures: readonly FailureReport[] | null, nowMs: number): string[] {
	if (!failures) return [];
	if (failures.length === 0) return ['recent failures  none'];
	return [
		'recent failures',
		...failures.map(({ job_id, tool, error_code, ended_at }) => {
			const age = ended_at === null ? UNKNOWN : shortAge((nowMs - Date.parse(ended_at)) / 1_000);
			return `  ${age.padStart(4)} ago  ${tool.padEnd(16)} ${(error_code ?? UNKNOWN).padEnd(18)} ${job_id}`;
		}),
	];
}

function queueLines({ queues }: StatusReport): string[] {
	if (!queues) return ['queues           unknown'];
	const filled = Object.entries(queues).filter(([, count]) => count > 0);
	if (filled.length === 0) return ['queues           empty'];
	return ['queues', ...filled.map(([queue, count]) => `  ${queue.padEnd(30)}${String(count).padStart(9)}`)];
}

function backlogLines(report: StatusReport): string[] {
	const { dead_letters: letters, outboxes, mails_waiting: mails, files_due: due, stored, disk } = report;
	const outbox = Object.entries(outboxes)
		.map(([service, { waiting, oldest_age_seconds: age }]) =>
			waiting === 0 ? `${service} 0` : `${service} ${waiting} (${shortAge(age)})`,
		)
		.join(', ');
	const used = 1 - disk.free_bytes / Math.max(1, disk.total_bytes);
	return [
		`dead letters     ${letters === null ? UNKNOWN : letters === 0 ? '0' : `${letters}: docs/runbooks/dead-letters.md`}`,
		`outbox           ${outbox === '' ? UNKNOWN : outbox}`,
		`mails waiting    ${mails ?? UNKNOWN}`,
		`files due        ${due ?? UNKNOWN}`,
		`stored           ${stored ? `${stored.files} files, ${shortSize(stored.bytes)}` : UNKNOWN}`,
		`disk             ${shortSize(disk.free_bytes)} free of ${shortSize(disk.total_bytes)} (${Math.round(100 * used)}% used)`,
	];
}

/** The report for a terminal of 80 columns. */
export function renderStatus(report: StatusReport, nowMs: number): string[] {
	const where = report.url === null ? 'has its backing services' : `at ${report.url}`;
	const silent = new Set(report.silent);
	return [
		`creatorr ${where}, supervisor pid ${report.supervisor_pid}`,
		`in ${report.home}`,
		'',
		...report.processes.map((snapshot) => processLine(snapshot, silent.has(snapshot.name))),
		'',
		...(report.alarms.length === 0 ? [] : ['ALARMS', ...report.alarms.map((alarm) => `  ${alarm}`), '']),
		...toolLines(report.tools),
		...workerLines(report),
		...failureLines(report.recent_failures, nowMs),
		...queueLines(report),
		...backlogLines(report),
	];
}
