import { expect, test } from '@jest/globals';
import { call, newPerson } from '../driver/client.ts';
import { finishJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { killAndAwaitRestart } from '../driver/processes.ts';

/** 200 for a thorough run; `npm test` runs fewer. */
const JOBS = Number(process.env.CRASH_JOBS ?? 18);
const VICTIMS = ['tool-worker', 'jobs', 'rabbitmq'];

/** Creates a job as clients with an idempotency key do: repeats the request until there is a response. */
async function submit(token: string, fileId: string, key: string): Promise<string> {
	while (true) {
		const response = await call('POST', '/v1/jobs', {
			token,
			body: { tool: 'compress_heavy', input_file_id: fileId },
			headers: { 'idempotency-key': key },
		}).catch(() => undefined);
		if (response?.status === 201) return response.body.data.id;
		if (response && response.status < 500) throw new Error(`refused: ${response.text}`);
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}

async function finish(token: string, id: string) {
	for (const end = Date.now() + 900_000; Date.now() < end; ) {
		const job = await finishJob(token, id, 60_000).catch(() => undefined);
		if (job) return job;
	}
	throw new Error(`job ${id} is stuck`);
}

async function allFiles(token: string): Promise<string[]> {
	const ids: string[] = [];
	let query = '';
	while (true) {
		const page = await call('GET', `/v1/files?limit=100${query}`, { token });
		ids.push(...page.body.data.map((file: { id: string }) => file.id));
		if (page.body.next_cursor === null) return ids;
		query = `&cursor=${page.body.next_cursor}`;
	}
}

test(`${JOBS} jobs all succeed with one output each while ${VICTIMS.join(', ')} are killed -9`, async () => {
	const { token } = await newPerson();
	const input = await uploadFile(token, makePdf({ pictureSide: 200 }));
	const third = Math.ceil(JOBS / 3);
	const ids: Promise<string>[] = [];
	const kills: Promise<void>[] = [];
	for (let n = 0; n < JOBS; n += 1) {
		ids.push(submit(token, input, `crash-${n}`));
		if (n % third === third - 1 || n === JOBS - 1) {
			await ids[n];
			const victim = VICTIMS[kills.length];
			if (victim) kills.push(killAndAwaitRestart(victim));
		}
	}
	const jobIds = await Promise.all(ids);
	await Promise.all(kills);
	expect(kills).toHaveLength(VICTIMS.length);
	const jobs = [];
	for (const id of jobIds) jobs.push(await finish(token, id));
	expect(jobs.filter((job) => job.status !== 'succeeded')).toEqual([]);
	expect(new Set(jobIds).size).toBe(JOBS);
	const outputs = jobs.map((job) => job.output_file_id);
	expect(new Set(outputs).size).toBe(JOBS);
	expect((await allFiles(token)).sort()).toEqual([input, ...outputs].sort());
}, 1_200_000);
