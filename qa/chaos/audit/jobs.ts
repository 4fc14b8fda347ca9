import { queryDatabase } from '../../driver/database.ts';
import type { AcceptedJob } from '../ledger.ts';
import type { Audited, Auditor, Finding } from './finding.ts';

interface Row {
	id: string;
	user_id: string;
	status: string;
	error_code: string | null;
	lost_attempts: number;
	has_secrets: boolean;
}

const TERMINAL = ['succeeded', 'failed', 'canceled'];

/** Every accepted job is there once, has ended, and as it should; none is there that nobody asked for. */
export const auditJobs: Auditor = async (ledger): Promise<Audited> => {
	const findings: Finding[] = [];
	const rows = await queryDatabase<Row>(
		'jobs',
		`SELECT id, user_id, status::text, error_code, lost_attempts, sealed_secrets IS NOT NULL AS has_secrets FROM jobs`,
	);
	const known = new Map(rows.map((row) => [row.id, row]));
	const accepted = [...ledger.jobs.values()].filter((job) => !ledger.deleted.has(job.userId));
	for (const job of accepted) {
		const finding = judge(job, known.get(job.id));
		if (finding) findings.push(finding);
	}
	const people = new Set([...ledger.people.keys(), ...ledger.deleted.keys()]);
	for (const row of rows.filter(({ user_id }) => people.has(user_id))) {
		if (!ledger.jobs.has(row.id)) findings.push({ kind: 'doubled', what: `nobody asked for job ${row.id}` });
		if (ledger.deleted.has(row.user_id))
			findings.push({ kind: 'left', what: `job ${row.id} outlives its account` });
		if (row.has_secrets && TERMINAL.includes(row.status)) {
			findings.push({ kind: 'secret', what: `job ${row.id} has ended and keeps its sealed secrets` });
		}
	}
	const ended = rows.filter(({ id }) => ledger.jobs.has(id));
	const count = (wanted: (row: Row) => boolean) => ended.filter(wanted).length;
	return {
		findings,
		counts: {
			jobs: accepted.length,
			succeeded: count(({ status }) => status === 'succeeded'),
			canceled: count(({ status }) => status === 'canceled'),
			'failed as lost three times': count(({ error_code }) => error_code === 'worker_lost'),
			'attempts lost': ended.reduce((sum, row) => sum + row.lost_attempts, 0),
		},
	};
};

function judge(job: AcceptedJob, row: Row | undefined): Finding | undefined {
	const name = `${job.tool} ${job.id}`;
	if (!row) return { kind: 'lost', what: `${name} is not there` };
	if (!TERMINAL.includes(row.status)) return { kind: 'stuck', what: `${name} is ${row.status}` };
	if (job.isCanceled && row.status !== 'canceled')
		return { kind: 'revived', what: `${name} was canceled and is ${row.status}` };
	if (row.status === 'canceled' && !job.mayBeCanceled)
		return { kind: 'lost', what: `${name} is canceled, which nobody asked for` };
	if (job.failsWith && row.error_code === job.failsWith) return undefined;
	// As promised of a job that has lost three workers, and counted.
	const isWorn = row.error_code === 'worker_lost' && row.lost_attempts >= 3;
	if (row.status === 'failed' && !isWorn) return { kind: 'failed', what: `${name} failed ${row.error_code}` };
	return undefined;
}
