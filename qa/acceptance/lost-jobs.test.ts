import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { call, newPerson } from '../driver/client.ts';
import { queryDatabase } from '../driver/database.ts';
import { finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { eventually, home, pidOf } from '../driver/processes.ts';

const ATTEMPTS = 3;
/** Time for the lease of a dead worker to expire, and for its successor to start. */
const NEXT_ATTEMPT_MS = 120_000;

/** Waits for this attempt of the job. Resolves to the name of its worker. */
async function workerOfAttempt(jobId: string, attempt: number): Promise<string> {
	let workerId = '';
	await eventually(
		async () => {
			const [job] = await queryDatabase<{ attempt: number; worker_id: string | null }>(
				'jobs',
				'SELECT attempt, worker_id FROM jobs WHERE id = $1',
				[jobId],
			);
			workerId = job?.attempt === attempt ? (job.worker_id ?? '') : '';
			return workerId !== '';
		},
		NEXT_ATTEMPT_MS,
		`nobody was granted attempt ${attempt}`,
	);
	// without the UUID of this start
	return workerId.slice(0, -37);
}

async function fileIds(token: string): Promise<string[]> {
	const { data } = (await call('GET', '/v1/files', { token })).body;
	return data.map(({ id }: { id: string }) => id);
}

test('a job whose worker dies three times fails as worker_lost, with a message that says what to do', async () => {
	const { token } = await newPerson();
	const input = await uploadFile(token, makePdf({ pages: 30, pictureSide: 400 }));
	const id = await startJob(token, input, { tool: 'ocr' });
	for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
		const worker = await workerOfAttempt(id, attempt);
		process.kill(await pidOf(worker), 'SIGKILL');
	}
	const job = await finishJob(token, id);
	expect([job.status, job.error_code]).toEqual(['failed', 'worker_lost']);
	expect(job.error_message).toMatch(
		/interrupted 3 times\. Try again\. If it happens again, use a smaller or simpler file/,
	);
	expect(await fileIds(token)).toEqual([input]);
}, 600_000);

test('a job on a full scratch disk fails as internal, and succeeds later with the same file', async () => {
	const { token } = await newPerson();
	const input = await uploadFile(token, makePdf());
	// This tool has no prewarmed process, so the worker has to create a directory for the job.
	const run = async () => finishJob(token, await startJob(token, input, { tool: 'ocr' }));
	const job = await withoutScratch(run);
	expect([job.status, job.error_code]).toEqual(['failed', 'internal']);
	expect(job.error_message).toBe('Something went wrong on our side. Try again; your file is still there.');
	expect((await run()).status).toBe('succeeded');
});

/** Runs the work while nothing can be created in the parent of the workers' scratch directories, as on a broken disk. */
async function withoutScratch<T>(work: () => Promise<T>): Promise<T> {
	const scratch = join(home(), 'data', 'scratch');
	await rename(scratch, `${scratch}.away`);
	await writeFile(scratch, '');
	try {
		return await work();
	} finally {
		await rm(scratch);
		await rename(`${scratch}.away`, scratch);
	}
}
