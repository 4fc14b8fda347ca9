import { createHash, randomBytes } from 'node:crypto';
import { subscribe } from '../../driver/billing.ts';
import { call, newPerson, signIn } from '../../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';
import type { Kept, Memory } from './memory.ts';

/** More than a person's plan lets run at a time, each long enough that the last ones wait while a backup is made. */
const WAITING_JOBS = 6;
const MIB = 1024 * 1024;

/** Gives the product data of every kind. */
export async function fill(): Promise<Omit<Memory, 'lost'>> {
	const subscriber = await newPerson();
	await subscribe(subscriber);
	const pdf = makePdf();
	const single = await uploadFile(subscriber.token, pdf);
	const parts = randomBytes(17 * MIB + 1);
	const large = await uploadInParts(subscriber.token, parts);
	const job = await finishJob(subscriber.token, await startJob(subscriber.token, single));
	const kept: Kept[] = [
		{ fileId: single, sha256: sum(pdf) },
		{ fileId: large, sha256: sum(parts) },
		{ fileId: job.output_file_id, sha256: sum(await downloadFile(subscriber.token, job.output_file_id)) },
	];
	const waiter = await newPerson();
	const input = await uploadFile(waiter.token, makePdf({ pages: 12, pictureSide: 400 }));
	const jobIds: string[] = [];
	for (let count = 0; count < WAITING_JOBS; count += 1)
		jobIds.push(await startJob(waiter.token, input, { tool: 'ocr' }));
	return { subscriber, kept, finishedJobId: job.id, waiter, jobIds };
}

/** What happens after a backup is not in it. Also proves that jobs were waiting when it was made. */
export async function goOn({ subscriber, waiter, jobIds }: Omit<Memory, 'lost'>): Promise<Memory['lost']> {
	const jobs = await Promise.all(
		jobIds.map(async (id) => (await call('GET', `/v1/jobs/${id}`, { token: waiter.token })).body.data),
	);
	if (!jobs.some(({ status }) => status === 'queued'))
		throw new Error('no job was queued during the backup, so the rehearsal proves nothing');
	const token = await signIn(subscriber.email);
	return { token, fileId: await uploadFile(subscriber.token, makePdf({ pictureSide: 50 })) };
}

export function sum(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

async function uploadInParts(token: string, bytes: Buffer): Promise<string> {
	const declared = await call('POST', '/v1/files', {
		token,
		body: { name: 'large.mp4', mime_type: 'video/mp4', size_bytes: bytes.length, multipart: true },
	});
	const { file_id: id, multipart } = declared.body.data;
	const parts = [];
	let start = 0;
	for (const { part_number, upload_url, size } of multipart.parts) {
		const body = new Uint8Array(bytes.subarray(start, start + size));
		const put = await fetch(upload_url, { method: 'PUT', body });
		parts.push({ part_number, etag: put.headers.get('etag') });
		start += size;
	}
	const completed = await call('POST', `/v1/files/${id}/complete`, { token, body: { parts } });
	if (completed.status !== 200 || parts.length < 2) throw new Error(`no upload in parts: ${completed.text}`);
	return id;
}
