import { createHash } from 'node:crypto';
import { queryDatabase } from '../../driver/database.ts';
import { mapConcurrently } from '../../driver/map-concurrently.ts';
import { environment } from '../environment.ts';
import type { Ledger } from '../ledger.ts';
import { trySend } from '../load/client.ts';
import type { Auditor, Finding } from './finding.ts';

const AT_ONCE = 8;

/** What was uploaded comes back byte by byte, and every output is what its tool makes. */
export const auditDownloads: Auditor = async (ledger) => {
	const findings: Finding[] = [];
	const uploads = [...ledger.uploads.values()].filter(
		(upload) => !upload.isDeleted && !ledger.deleted.has(upload.userId),
	);
	await mapConcurrently(uploads, AT_ONCE, async ({ id, token, sha256 }) => {
		const bytes = await download(token, id);
		if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256)
			findings.push({ kind: 'lost', what: `upload ${id} does not come back as it was` });
	});
	const outputs = await outputsOf(ledger);
	await mapConcurrently(outputs, AT_ONCE, async ({ id, token }) => {
		const bytes = await download(token, id);
		if (bytes?.subarray(0, 5).toString() !== '%PDF-')
			findings.push({ kind: 'lost', what: `output ${id} is no PDF` });
	});
	return { findings, counts: { downloads: uploads.length + outputs.length } };
};

async function outputsOf(ledger: Ledger): Promise<{ id: string; token: string }[]> {
	const rows = await queryDatabase<{ id: string; output_file_id: string }>(
		'jobs',
		`SELECT id, output_file_id FROM jobs WHERE status = 'succeeded'`,
	);
	return rows.flatMap((row) => {
		const job = ledger.jobs.get(row.id);
		return job ? [{ id: row.output_file_id, token: job.token }] : [];
	});
}

async function download(token: string, id: string): Promise<Buffer | undefined> {
	const request = { method: 'GET', path: `/v1/files/${id}`, token };
	const file = await trySend(request, environment.gateways[0]);
	const url = file?.body?.data?.download_url;
	if (!url) return undefined;
	const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
	return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
}
