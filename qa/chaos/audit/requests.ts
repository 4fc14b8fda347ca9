import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { GATEWAYS, trySend } from '../load/client.ts';
import type { Auditor } from './audit-report.ts';
import { succeededJobs } from './files.ts';

const AT_ONCE = { concurrency: 8 };

/** At every gateway, tokens of ended sessions and deleted users are rejected, and all others accepted. */
export const auditSessions: Auditor = async (ledger, report) => {
	const checks = [
		...ledger.revoked.map((token) => ({ token, wanted: 401, whose: 'a revoked token' })),
		...[...ledger.deleted.values()].map(({ id, token }) => ({ token, wanted: 401, whose: `deleted ${id}` })),
		...[...ledger.people.values()].map(({ id, token }) => ({ token, wanted: 200, whose: `signed-in ${id}` })),
	];
	const check = async ({ token, wanted, whose }: (typeof checks)[number]) => {
		for (const gateway of GATEWAYS) {
			const response = await trySend(gateway, 'GET', '/v1/me', { token });
			if (response?.status !== wanted)
				report.find('session', `${gateway} answers ${response?.status} to ${whose}`);
		}
	};
	await pMap(checks, check, AT_ONCE);
	report.counts['sessions ended'] = ledger.revoked.length;
	report.counts['accounts deleted'] = ledger.deleted.size;
};

/** Uploads are returned byte for byte, and every output is what its tool produces. */
export const auditDownloads: Auditor = async (ledger, report) => {
	const uploads = [...ledger.uploads.values()].filter(
		({ isDeleted, userId }) => !isDeleted && !ledger.deleted.has(userId),
	);
	const checkUpload = async ({ id, token, sha256 }: (typeof uploads)[number]) => {
		const bytes = await download(token, id);
		if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256)
			report.find('lost', `the bytes of upload ${id} differ`);
	};
	const jobs = (await succeededJobs()).filter(({ id }) => ledger.jobs.has(id));
	const checkOutput = async ({ id, output_file_id }: (typeof jobs)[number]) => {
		const bytes = await download(ledger.jobs.get(id)?.token ?? '', output_file_id);
		if (bytes?.subarray(0, 5).toString() !== '%PDF-')
			report.find('lost', `output ${output_file_id} is no PDF`);
	};
	await pMap(uploads, checkUpload, AT_ONCE);
	await pMap(jobs, checkOutput, AT_ONCE);
	report.counts.downloads = uploads.length + jobs.length;
};

async function download(token: string, id: string): Promise<Buffer | undefined> {
	const file = await trySend(GATEWAYS[0], 'GET', `/v1/files/${id}`, { token });
	const url = file?.body?.data?.download_url;
	if (!url) return undefined;
	const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
	return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
}
