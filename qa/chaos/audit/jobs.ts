import { queryDatabase } from '../../driver/database.ts';
import type { AcceptedJob, Finding } from '../ledger.ts';
import type { Auditor } from './audit-report.ts';

interface Row {
	id: string;
	user_id: string;
	status: string;
	error_code: string | null;
	lost_attempts: number;
	has_secrets: boolean;
}

const TERMINAL = ['succeeded', 'failed', 'canceled'];

/** Every accepted job exists once and has ended as it must. No other job exists. */
export const auditJobs: Auditor = async (ledger, report) => {
	const rows = await queryDatabase<Row>(
		'jobs',
		`SELECT id, user_id, status::text, error_code, lost_attempts, sealed_secrets IS NOT NULL AS has_secrets FROM jobs`,
	);
	const known = new Map(rows.map((row) => [row.id, row]));
	const accepted = [...ledger.jobs.values()].filter((job) => !ledger.deleted.has(job.userId));
	report.findings.push(...accepted.flatMap((job) => judge(job, known.get(job.id)) ?? []));
	for (const { id, user_id, status, has_secrets } of rows) {
		const isDeleted = ledger.deleted.has(user_id);
		if (!isDeleted && !ledger.people.has(user_id)) continue;
		if (!ledger.jobs.has(id)) report.find('doubled', `no client created job ${id}`);
		if (isDeleted) report.find('left', `job ${id} outlives its account`);
		if (has_secrets && TERMINAL.includes(status))
			report.find('secret', `job ${id} has ended and keeps its sealed secrets`);
	}
	const ended = rows.filter(({ id }) => ledger.jobs.has(id));
	const count = (isCounted: (row: Row) => boolean) => ended.filter(isCounted).length;
	Object.assign(report.counts, {
		jobs: accepted.length,
		succeeded: count(({ status }) => status === 'succeeded'),
		canceled: count(({ status }) => status === 'canceled'),
		'failed as lost three times': count(({ error_code }) => error_code === 'worker_lost'),
		'attempts lost': ended.reduce((sum, row) => sum + row.lost_attempts, 0),
	});
};

function judge(job: AcceptedJob, row: Row | undefined): Finding | undefined {
	const name = `${job.tool} ${job.id}`;
	if (!row) return { kind: 'lost', what: `${name} is not there` };
	const { status, error_code: code } = row;
	if (!TERMINAL.includes(status)) return { kind: 'stuck', what: `${name} is ${status}` };
	if (job.isCanceled && status !== 'canceled')
		return { kind: 'revived', what: `${name} was canceled and is ${status}` };
	if (status === 'canceled' && !job.mayBeCanceled)
		return { kind: 'lost', what: `${name} is canceled, which no client requested` };
	// A job that lost three workers fails, as documented.
	const isLostThrice = code === 'worker_lost' && row.lost_attempts >= 3;
	const mayFail = isLostThrice || (code !== null && code === job.failsWith);
	return status === 'failed' && !mayFail ? { kind: 'failed', what: `${name} failed ${code}` } : undefined;
}
