import { createHash, randomBytes } from 'node:crypto';
import { subscribe } from '../../driver/billing.ts';
import { call, newPerson, signIn } from '../../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';

/** More jobs than the plan lets run at a time, and long ones, so that the last are still queued during the backup. */
const WAITING_JOBS = 6;
const MIB = 1024 * 1024;

/** What the product had before its data was lost. */
export type Memory = Awaited<ReturnType<typeof fill>>;

export async function fill() {
	const subscriber = await newPerson();
	await subscribe(subscriber);
	const pdf = makePdf();
	const single = await uploadFile(subscriber.token, pdf);
	const parts = randomBytes(17 * MIB + 1);
	const large = await uploadFile(subscriber.token, parts, { multipart: true });
	const job = await finishJob(subscriber.token, await startJob(subscriber.token, single));
	const kept = [
		{ fileId: single, sha256: sha256Of(pdf) },
		{ fileId: large, sha256: sha256Of(parts) },
		{
			fileId: job.output_file_id,
			sha256: sha256Of(await downloadFile(subscriber.token, job.output_file_id)),
		},
	];
	const waiter = await newPerson();
	const input = await uploadFile(waiter.token, makePdf({ pages: 12, pictureSide: 400 }));
	const jobIds: string[] = [];
	for (let count = 0; count < WAITING_JOBS; count += 1)
		jobIds.push(await startJob(waiter.token, input, { tool: 'ocr' }));
	return { subscriber, kept, finishedJobId: job.id, waiter, jobIds };
}

/** Makes changes that the backup lacks, so they must be gone. Also proves that jobs were queued during the backup. */
export async function changeAfterBackup({ subscriber, waiter, jobIds }: Memory) {
	const jobs = await Promise.all(
		jobIds.map(async (id) => (await call('GET', `/v1/jobs/${id}`, { token: waiter.token })).body.data),
	);
	if (!jobs.some(({ status }) => status === 'queued'))
		throw new Error('no job was queued during the backup, so the rehearsal proves nothing');
	const token = await signIn(subscriber.email);
	return { token, fileId: await uploadFile(subscriber.token, makePdf({ pictureSide: 50 })) };
}

export function sha256Of(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
