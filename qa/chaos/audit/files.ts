import { queryDatabase } from '../../driver/database.ts';
import type { Ledger } from '../ledger.ts';
import type { Audited, Auditor, Finding } from './finding.ts';
import { listStore, MARK_PREFIX, type StoredObject } from './store.ts';

interface Row {
	id: string;
	user_id: string;
	job_id: string | null;
	storage_key: string;
	size_bytes: string;
	status: string;
	etag: string | null;
	is_published: boolean;
	is_deleted: boolean;
	is_removed: boolean;
	is_to_be_swept: boolean;
	upload_id: string | null;
}

const COLUMNS = `id, user_id, job_id, storage_key, size_bytes, status::text, etag, upload_id,
	published_at IS NOT NULL AS is_published, deleted_at IS NOT NULL AS is_deleted,
	bytes_removed_at IS NOT NULL AS is_removed, sweep_at IS NOT NULL AS is_to_be_swept`;

/** Rows and objects are of each other, and a job that succeeded has one output. */
export const auditFiles: Auditor = async (ledger): Promise<Audited> => {
	const [rows, { objects, uploads }] = await Promise.all([
		queryDatabase<Row>('files', `SELECT ${COLUMNS} FROM files`),
		listStore(),
	]);
	const succeeded = await queryDatabase<{ id: string; output_file_id: string }>(
		'jobs',
		`SELECT id, output_file_id FROM jobs WHERE status = 'succeeded'`,
	);
	const waiting = rows.filter((row) => row.job_id && !row.is_published && !row.is_deleted);
	return {
		findings: [
			...auditUploads(ledger, rows),
			...auditObjects(rows, objects),
			...auditOutputs(rows, succeeded),
			...rows
				.filter((row) => ledger.deleted.has(row.user_id) && !row.is_deleted)
				.map((row) => ({ kind: 'left', what: `file ${row.id} outlives its account` })),
		],
		counts: {
			uploads: ledger.uploads.size,
			objects: objects.size,
			'outputs that nobody published, to be swept': waiting.length,
			'uploads in parts without a row, to be swept': [...uploads.keys()].filter(
				(id) => !rows.some((row) => row.upload_id === id),
			).length,
		},
	};
};

function auditUploads(ledger: Ledger, rows: readonly Row[]): Finding[] {
	const known = new Map(rows.map((row) => [row.id, row]));
	const findings: Finding[] = [];
	for (const upload of ledger.uploads.values()) {
		if (ledger.deleted.has(upload.userId)) continue;
		const row = known.get(upload.id);
		if (upload.isDeleted && row && !row.is_deleted)
			findings.push({ kind: 'revived', what: `${upload.id} was deleted and is there` });
		if (!upload.isDeleted && (!row || row.is_deleted || row.status !== 'ready'))
			findings.push({ kind: 'lost', what: `upload ${upload.id} is not there` });
	}
	return findings;
}

function auditObjects(rows: readonly Row[], objects: ReadonlyMap<string, StoredObject>): Finding[] {
	const findings: Finding[] = [];
	const byKey = new Map(rows.map((row) => [row.storage_key, row]));
	for (const key of [...objects.keys()].filter((name) => !name.startsWith(MARK_PREFIX))) {
		const row = byKey.get(key);
		if (!row || row.is_removed) findings.push({ kind: 'orphaned', what: `object ${key} has no row` });
		else if (!row.is_to_be_swept)
			findings.push({ kind: 'orphaned', what: `object ${key} will never be swept` });
	}
	for (const row of rows.filter(({ status, is_deleted }) => status === 'ready' && !is_deleted)) {
		const object = objects.get(row.storage_key);
		if (!object || object.etag !== row.etag || object.sizeBytes !== Number(row.size_bytes)) {
			findings.push({ kind: 'orphaned', what: `file ${row.id} is ready and has no such bytes` });
		}
	}
	return findings;
}

function auditOutputs(
	rows: readonly Row[],
	succeeded: readonly { id: string; output_file_id: string }[],
): Finding[] {
	const shown = Map.groupBy(
		rows.filter((row) => row.job_id && row.is_published && !row.is_deleted),
		(row) => row.job_id,
	);
	const findings: Finding[] = [];
	const outputOf = new Map(succeeded.map((job) => [job.id, job.output_file_id]));
	for (const [jobId, output] of outputOf) {
		const ids = (shown.get(jobId) ?? []).map(({ id }) => id);
		if (ids.length > 1) findings.push({ kind: 'doubled', what: `job ${jobId} has outputs ${ids}` });
		else if (ids[0] !== output) findings.push({ kind: 'lost', what: `job ${jobId} has not its output` });
	}
	for (const jobId of shown.keys()) {
		if (jobId && !outputOf.has(jobId))
			findings.push({
				kind: 'orphaned',
				what: `an output is shown of job ${jobId}, which has not succeeded`,
			});
	}
	return findings;
}
