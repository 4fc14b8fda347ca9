import { createHash } from 'node:crypto';
import { queryDatabase } from '../../driver/database.ts';
import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { environment } from '../environment.ts';
import { trySend } from '../load/client.ts';
import type { Auditor } from './audit-report.ts';

const CONCURRENCY = 8;

/** Uploads are returned byte for byte, and every output is what its tool produces. */
export const auditDownloads: Auditor = async (ledger, report) => {
	const uploads = [...ledger.uploads.values()].filter(
		({ isDeleted, userId }) => !isDeleted && !ledger.deleted.has(userId),
	);
	await mapConcurrently(uploads, CONCURRENCY, async ({ id, token, sha256 }) => {
		const bytes = await download(token, id);
		if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256)
			report.find('lost', `the bytes of upload ${id} differ`);
	});
	const jobs = await succeededJobs();
	await mapConcurrently(jobs, CONCURRENCY, async ({ id, output_file_id }) => {
		const job = ledger.jobs.get(id);
		if (!job) return;
		const bytes = await download(job.token, output_file_id);
		if (bytes?.subarray(0, 5).toString() !== '%PDF-')
			report.find('lost', `output ${output_file_id} is no PDF`);
	});
	report.counts.downloads = uploads.length + jobs.length;
};

/** Returns the rows of jobs that succeeded. */
export function succeededJobs() {
	return queryDatabase<{ id: string; output_file_id: string }>(
		'jobs',
		`SELECT id, output_file_id FROM jobs WHERE status = 'succeeded'`,
	);
}

async function download(token: string, id: string): Promise<Buffer | undefined> {
	const file = await trySend(environment.gateways[0], 'GET', `/v1/files/${id}`, { token });
	const url = file?.body?.data?.download_url;
	if (!url) return undefined;
	const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
	return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
}
