import { queryDatabase } from '../../driver/database.ts';
import type { Ledger } from '../ledger.ts';
import type { Auditor, AuditReport } from './audit-report.ts';
import { listStore, MARK_PREFIX } from './store.ts';

interface Row {
	id: string;
	user_id: string;
	job_id: string | null;
	storage_key: string;
	size_bytes: string;
	etag: string | null;
	upload_id: string | null;
	is_ready: boolean;
	is_published: boolean;
	is_deleted: boolean;
	is_removed: boolean;
	has_sweep: boolean;
}

const SELECT = `SELECT id, user_id, job_id, storage_key, size_bytes, etag, upload_id,
	status = 'ready' AND deleted_at IS NULL AS is_ready, published_at IS NOT NULL AS is_published,
	deleted_at IS NOT NULL AS is_deleted, bytes_removed_at IS NOT NULL AS is_removed,
	sweep_at IS NOT NULL AS has_sweep FROM files`;

/** Rows and objects match, and a succeeded job has one output. */
export const auditFiles: Auditor = async (ledger, report) => {
	const [rows, store] = await Promise.all([queryDatabase<Row>('files', SELECT), listStore()]);
	auditUploads(ledger, rows, report);
	auditObjects(rows, store, report);
	await auditOutputs(rows, report);
	for (const row of rows)
		if (ledger.deleted.has(row.user_id) && !row.is_deleted)
			report.find('left', `file ${row.id} outlives its account`);
	const known = new Set(rows.map((row) => row.upload_id));
	const unpublished = rows.filter((row) => row.job_id && !row.is_published && !row.is_deleted);
	Object.assign(report.counts, {
		uploads: ledger.uploads.size,
		objects: store.objects.size,
		'unpublished outputs, to be swept': unpublished.length,
		'multipart uploads without a row, to be swept': store.uploadIds.filter((id) => !known.has(id)).length,
	});
};

function auditUploads(ledger: Ledger, rows: readonly Row[], report: AuditReport): void {
	const byId = new Map(rows.map((row) => [row.id, row]));
	for (const { id, userId, isDeleted } of ledger.uploads.values()) {
		if (ledger.deleted.has(userId)) continue;
		const row = byId.get(id);
		if (isDeleted && row && !row.is_deleted) report.find('revived', `${id} was deleted and is there`);
		if (!isDeleted && !row?.is_ready) report.find('lost', `upload ${id} is not there`);
	}
}

type Store = Awaited<ReturnType<typeof listStore>>;

function auditObjects(rows: readonly Row[], { objects }: Store, report: AuditReport): void {
	const byKey = new Map(rows.map((row) => [row.storage_key, row]));
	for (const key of objects.keys()) {
		if (key.startsWith(MARK_PREFIX)) continue;
		const row = byKey.get(key);
		if (!row || row.is_removed) report.find('orphaned', `object ${key} has no row`);
		else if (!row.has_sweep) report.find('orphaned', `object ${key} will never be swept`);
	}
	for (const row of rows.filter(({ is_ready }) => is_ready)) {
		const object = objects.get(row.storage_key);
		if (!object || object.etag !== row.etag || object.sizeBytes !== Number(row.size_bytes))
			report.find('orphaned', `file ${row.id} is ready and has no such bytes`);
	}
}

async function auditOutputs(rows: readonly Row[], report: AuditReport): Promise<void> {
	const visible = rows.filter((row) => row.job_id && row.is_published && !row.is_deleted);
	const byJob = Map.groupBy(visible, (row) => row.job_id);
	for (const { id, output_file_id } of await succeededJobs()) {
		const outputs = (byJob.get(id) ?? []).map((row) => row.id);
		byJob.delete(id);
		if (outputs.length > 1) report.find('doubled', `job ${id} has outputs ${outputs}`);
		else if (outputs[0] !== output_file_id) report.find('lost', `job ${id} does not have its output`);
	}
	for (const id of byJob.keys()) report.find('orphaned', `job ${id} has an output and has not succeeded`);
}

export function succeededJobs() {
	const sql = `SELECT id, output_file_id FROM jobs WHERE status = 'succeeded'`;
	return queryDatabase<{ id: string; output_file_id: string }>('jobs', sql);
}
