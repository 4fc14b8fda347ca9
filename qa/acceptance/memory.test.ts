import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { newPerson } from '../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { memoryOf, replicasOf, resetHighestMemory } from '../driver/processes.ts';

const MIB = 1024 ** 2;
/** 300 for a thorough run; `npm test` takes a smaller file. */
const LARGE_FILE_MIB = Number(process.env.LARGE_FILE_MIB ?? 120);
const PROCESSES = ['gateway', 'auth', 'files', 'jobs', 'tool-worker'].flatMap(replicasOf);
/** Less than the file. An idle process that has returned its memory needs about half of this for its next job. */
const ALLOWED_GROWTH = 80 * MIB;

test(`an upload of ${LARGE_FILE_MIB} MiB and its job pass through no service's memory`, async () => {
	const { token } = await newPerson();
	// Warm-up: memory that a process needs once is no growth. Several jobs at a time, so that each worker gets one.
	const small = await uploadFile(token, makePdf());
	const jobs = await Promise.all(Array.from({ length: 3 }, () => startJob(token, small)));
	await Promise.all(jobs.map((job) => finishJob(token, job)));
	await Promise.all(PROCESSES.map(resetHighestMemory));
	const before = new Map(
		await Promise.all(PROCESSES.map(async (name) => [name, (await memoryOf(name)).now] as const)),
	);

	const large = await uploadFile(token, makePdf({ ballast: randomBytes(LARGE_FILE_MIB * MIB) }));
	const job = await finishJob(token, await startJob(token, large), 600_000);
	expect(job.status).toBe('succeeded');

	for (const name of PROCESSES) {
		const growth = (await memoryOf(name)).highest - (before.get(name) ?? 0);
		expect({ name, grewTooMuch: growth > ALLOWED_GROWTH, growthMiB: Math.round(growth / MIB) }).toMatchObject(
			{ grewTooMuch: false },
		);
	}
}, 900_000);
