import { availableParallelism } from 'node:os';
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { call, newPerson, type Person } from '../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { busyDescendantsOf, eventually, pidOf, replicasOf } from '../driver/processes.ts';

let person: Person;
let longInput: string;

beforeAll(async () => {
	person = await newPerson();
	longInput = await uploadFile(person.token, makePdf({ pages: 30, pictureSide: 400 }));
});

// Waits for jobs of other tests to end.
beforeEach(() => eventually(async () => !(await hasTools()), 150_000, 'the workers are not idle'));

const WORKERS = replicasOf('tool-worker');

/** The workers that run a tool. */
async function busyWorkers(): Promise<number[]> {
	const pids = await Promise.all(WORKERS.map(pidOf));
	const tools = await Promise.all(pids.map(busyDescendantsOf));
	return pids.filter((_, index) => (tools[index] ?? []).length > 0);
}

const hasTools = async () => (await busyWorkers()).length > 0;

async function startLongJob(input = longInput): Promise<string> {
	const id = await startJob(person.token, input, { tool: 'ocr' });
	// Other suites' jobs may run on the same workers.
	const isRunning = async () => {
		const { data } = (await call('GET', `/v1/jobs/${id}`, { token: person.token })).body;
		return data.status === 'running' && (await hasTools());
	};
	await eventually(isRunning, 60_000, 'no tool was started');
	return id;
}

test('no process of a canceled job runs after two seconds', async () => {
	const id = await startLongJob();
	expect((await call('POST', `/v1/jobs/${id}/cancel`, { token: person.token })).body.data.status).toBe(
		'canceled',
	);
	await eventually(async () => !(await hasTools()), 2_000, 'the tool still runs');
});

test('a job whose worker shuts down returns to its queue and succeeds', async () => {
	// it runs to its end, so it has fewer pages
	const pdf = makePdf({ pages: 12, pictureSide: 400 });
	const id = await startLongJob(await uploadFile(person.token, pdf));
	const before = (await call('GET', `/v1/jobs/${id}`, { token: person.token })).body.data;
	for (const pid of await busyWorkers()) process.kill(pid, 'SIGTERM');
	const job = await finishJob(person.token, id, 150_000);
	expect(job.status).toBe('succeeded');
	expect(job.started_at).toBe(before.started_at);
	expect((await downloadFile(person.token, job.output_file_id)).subarray(0, 5).toString()).toBe('%PDF-');
});

test('heavy jobs in all slots of a tool do not delay a small one', async () => {
	const heavy: { owner: Person; id: string }[] = [];
	for (let jobs = 0; jobs < WORKERS.length * Math.max(2, availableParallelism()); jobs += 1) {
		const owner = await newPerson();
		const input = await uploadFile(owner.token, makePdf({ pages: 200, pictureSide: 500 }));
		heavy.push({ owner, id: await startJob(owner.token, input, { tool: 'ocr' }) });
	}
	const smallInput = await uploadFile(person.token, makePdf());
	const isRunning = async ({ owner, id }: { owner: Person; id: string }) =>
		(await call('GET', `/v1/jobs/${id}`, { token: owner.token })).body.data.status === 'running';
	const areRunning = async () => (await Promise.all(heavy.map(isRunning))).every(Boolean);
	await eventually(areRunning, 60_000, 'the heavy jobs do not run');
	const small = await finishJob(person.token, await startJob(person.token, smallInput, { tool: 'ocr' }));
	expect(small.status).toBe('succeeded');
	expect(await areRunning()).toBe(true);
	for (const { owner, id } of heavy) await call('POST', `/v1/jobs/${id}/cancel`, { token: owner.token });
});

test('a job whose input was overwritten after it was enqueued fails as input_missing', async () => {
	// The queue is kept busy, so that the job waits while its input changes.
	const busy = await Promise.all([startLongJob(), startLongJob(), startLongJob()]);
	const pdf = makePdf();
	const declared = await call('POST', '/v1/files', {
		token: person.token,
		body: { name: 'a.pdf', mime_type: 'application/pdf', size_bytes: pdf.length },
	});
	const { file_id, upload_url, headers } = declared.body.data;
	const put = () => fetch(upload_url, { method: 'PUT', headers, body: pdf as Uint8Array<ArrayBuffer> });
	await put();
	const id = await startJob(person.token, file_id);
	pdf.fill(0x20, pdf.length - 2_000, pdf.length - 1_900);
	await put();
	for (const other of busy) await call('POST', `/v1/jobs/${other}/cancel`, { token: person.token });
	const job = await finishJob(person.token, id);
	expect([job.status, job.error_code]).toEqual(['failed', 'input_missing']);
	expect((await call('GET', `/v1/files/${file_id}`, { token: person.token })).status).toBe(404);
});
