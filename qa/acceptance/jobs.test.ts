import { beforeAll, describe, expect, test } from '@jest/globals';
import {
	call,
	type HttpResponse,
	newPerson,
	nextBase,
	nobodysId,
	type Person,
	signIn,
} from '../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';

const PDF = makePdf();
const LONG_PDF = makePdf({ pages: 30, pictureSide: 400 });

let person: Person;
let stranger: Person;
let input: string;
let finished: string;
let strangersJob: string;

beforeAll(async () => {
	[person, stranger] = await Promise.all([newPerson(), newPerson()]);
	input = await uploadFile(person.token, PDF, { name: 'scan.pdf' });
	finished = await startJob(person.token, input);
	strangersJob = await startJob(stranger.token, await uploadFile(stranger.token, PDF));
	await Promise.all([finishJob(person.token, finished), finishJob(stranger.token, strangersJob)]);
});

const create = (body: object, headers: Record<string, string> = {}) =>
	call('POST', '/v1/jobs', { token: person.token, body, headers });
const read = (id: string, query = '') => call('GET', `/v1/jobs/${id}${query}`, { token: person.token });

/** Creates a job that runs for some seconds. */
async function longJob(): Promise<string> {
	return startJob(person.token, await uploadFile(person.token, LONG_PDF), { tool: 'ocr' });
}

async function untilRunning(id: string): Promise<void> {
	for (let status = 'queued'; status === 'queued'; ) status = (await read(id, '?wait=10')).body.data.status;
}

describe('GET /v1/jobs/{id}', () => {
	test('success: a finished job has its times, its output and its result', async () => {
		const { data } = (await read(finished)).body;
		expect(data).toMatchObject({
			id: finished,
			tool: 'compress_heavy',
			status: 'succeeded',
			progress: 100,
			input_file_id: input,
		});
		expect(Date.parse(data.created_at)).toBeLessThanOrEqual(Date.parse(data.started_at));
		expect(Date.parse(data.started_at)).toBeLessThanOrEqual(Date.parse(data.finished_at));
		expect(data).not.toHaveProperty('error_code');
		const output = await downloadFile(person.token, data.output_file_id);
		expect(output.subarray(0, 5).toString()).toBe('%PDF-');
		expect(data.result).toMatchObject({
			bytes_in: PDF.length,
			bytes_out: output.length,
			warnings: expect.any(Array),
		});
		expect(output.length).toBeLessThan(PDF.length);
		const file = (await call('GET', `/v1/files/${data.output_file_id}`, { token: person.token })).body.data;
		expect(file).toMatchObject({
			name: 'scan.compressed.pdf',
			mime_type: 'application/pdf',
			size_bytes: output.length,
		});
	});

	test('a failed job has its error', async () => {
		const file = await uploadFile(person.token, Buffer.from('this is no PDF at all'));
		const job = await finishJob(person.token, await startJob(person.token, file));
		expect(job.status).toBe('failed');
		expect(['unsupported_input', 'corrupt_input']).toContain(job.error_code);
		expect(job.error_message.length).toBeGreaterThan(10);
		expect(job).not.toHaveProperty('output_file_id');
	});

	test('a job whose input is overwritten or deleted before it runs fails as input_missing or succeeds', async () => {
		const declared = await call('POST', '/v1/files', {
			token: person.token,
			body: { name: 'a.pdf', mime_type: 'application/pdf', size_bytes: PDF.length },
		});
		const { file_id, upload_url, headers } = declared.body.data;
		await fetch(upload_url, { method: 'PUT', headers, body: PDF });
		expect((await call('GET', `/v1/files/${file_id}`, { token: person.token })).body.data.status).toBe(
			'ready',
		);
		await fetch(upload_url, { method: 'PUT', headers, body: Buffer.from(PDF).fill(0x20, 500, 600) });
		const response = await create({ tool: 'compress_heavy', input_file_id: file_id });
		// The check of the input may notice the change first. Then no job is created.
		if (response.status === 404) return;
		const job = await finishJob(person.token, response.body.data.id);
		expect([job.status, job.error_code]).toEqual(['failed', 'input_missing']);
	});

	test('?wait= holds the answer until something changes', async () => {
		const id = await longJob();
		await untilRunning(id);
		const before = (await read(id)).body.data;
		const after = (await read(id, '?wait=60')).body.data;
		expect([after.status, after.progress]).not.toEqual([before.status, before.progress]);
		await call('POST', `/v1/jobs/${id}/cancel`, { token: person.token });
	});

	test('progress never goes back', async () => {
		const id = await startJob(person.token, await uploadFile(person.token, LONG_PDF));
		const seen: number[] = [];
		for (let job = (await read(id)).body.data; ; job = (await read(id, '?wait=20')).body.data) {
			seen.push(job.progress);
			if (job.status === 'succeeded') break;
		}
		expect(seen).toEqual([...seen].sort((a, b) => a - b));
		expect(new Set(seen).size).toBeGreaterThan(2);
	});

	test.each(['?wait=-1', '?wait=61', '?wait=x', '?wait=1.5'])(
		'bad input: %s is a validation error',
		async (query) => {
			expect((await read(finished, query)).body.error.code).toBe('validation');
		},
	);

	test('no token: is refused', async () => {
		expect((await call('GET', `/v1/jobs/${finished}`)).status).toBe(401);
	});

	test("not yours: another user's job gets the response of a missing one", async () => {
		const summaryOf = ({ status, body }: HttpResponse) => [status, body.error.code, body.error.message];
		expect(summaryOf(await read(strangersJob))).toEqual(summaryOf(await read(nobodysId('job'))));
	});
});

describe('GET /v1/jobs', () => {
	test('success: lists own jobs, newest first, with filters', async () => {
		const someone = await newPerson();
		const file = await uploadFile(someone.token, PDF);
		const ids = [];
		for (const tool of ['compress_heavy', 'ocr', 'compress_heavy'])
			ids.unshift(await startJob(someone.token, file, { tool }));
		await Promise.all(ids.map((id) => finishJob(someone.token, id)));
		const list = async (query: string) => {
			const response = await call('GET', `/v1/jobs?${query}`, { token: someone.token });
			return response.body.data.map((job: { id: string }) => job.id);
		};
		expect(await list('')).toEqual(ids);
		expect(await list('tool=ocr')).toEqual([ids[1]]);
		expect(await list('status=canceled')).toEqual([]);
		const first = await call('GET', '/v1/jobs?limit=2', { token: someone.token });
		expect(await list(`limit=2&cursor=${first.body.next_cursor}`)).toEqual([ids[2]]);
	});

	test.each(['status=done', 'limit=0', 'cursor=abc', 'tool=%00'])(
		'bad input: ?%s is a validation error',
		async (query) => {
			const response = await call('GET', `/v1/jobs?${query}`, { token: person.token });
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		},
	);

	test('no token: is refused', async () => {
		expect((await call('GET', '/v1/jobs')).status).toBe(401);
	});
});

/** Reads an event stream to its end, or until the signal. */
async function readEvents(id: string, token: string | undefined, signal?: AbortSignal) {
	const response = await fetch(`${nextBase()}/v1/jobs/${id}/events`, {
		headers: token ? { authorization: `Bearer ${token}` } : {},
		...(signal ? { signal } : {}),
	});
	const text = await response.text();
	const events = text
		.split('\n\n')
		.filter((block) => block.includes('data:'))
		.map((block) => ({
			name: /^event: (.*)$/m.exec(block)?.[1],
			job: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'),
		}));
	return { response, events };
}

/** Waits for one change of the job after another. Resolves to the status of the first error. */
async function waitUntilRefused(id: string, token: string): Promise<number> {
	while (true) {
		const { status } = await call('GET', `/v1/jobs/${id}?wait=60`, { token });
		if (status !== 200) return status;
	}
}

describe('GET /v1/jobs/{id}/events', () => {
	test('success: streams the job until it is terminal', async () => {
		const id = await startJob(person.token, input);
		const { response, events } = await readEvents(id, person.token);
		expect(response.headers.get('content-type')).toContain('text/event-stream');
		expect(new Set(events.map((event) => event.name))).toEqual(new Set(['job']));
		expect(events.at(-1)?.job).toEqual((await read(id)).body.data);
	});

	test('success: a finished job is one event and the end', async () => {
		const { events } = await readEvents(finished, person.token);
		expect(events).toHaveLength(1);
	});

	test('ends within a second of the session being revoked', async () => {
		const someone = await newPerson();
		const id = await startJob(someone.token, await uploadFile(someone.token, LONG_PDF), { tool: 'ocr' });
		const response = await fetch(`${nextBase()}/v1/jobs/${id}/events`, {
			headers: { authorization: `Bearer ${someone.token}` },
		});
		const ended = response.text().catch(() => 'cut');
		const held = waitUntilRefused(id, someone.token);
		await call('POST', '/v1/auth/logout', { token: someone.token });
		const second = new Promise((resolve) => setTimeout(resolve, 1_000, 'still open'));
		expect(await Promise.race([ended, second])).not.toBe('still open');
		expect(await Promise.race([held, second])).toBe(401);
		const token = await signIn(someone.email);
		expect((await call('POST', `/v1/jobs/${id}/cancel`, { token })).status).toBe(200);
	});

	test('no token: is refused', async () => {
		expect((await readEvents(finished, undefined)).response.status).toBe(401);
	});

	test("not yours: somebody else's job is not found", async () => {
		expect((await call('GET', `/v1/jobs/${strangersJob}/events`, { token: person.token })).status).toBe(404);
	});

	test('bad input: a malformed id is not found', async () => {
		expect((await call('GET', '/v1/jobs/x/events', { token: person.token })).status).toBe(404);
	});
});

const cancel = (id: string, token: string | undefined = person.token) =>
	call('POST', `/v1/jobs/${id}/cancel`, { token });

describe('POST /v1/jobs/{id}/cancel', () => {
	test('success: a running job is canceled for good', async () => {
		const id = await longJob();
		await untilRunning(id);
		const response = await cancel(id);
		expect([response.status, response.body.data.status]).toEqual([200, 'canceled']);
		const next = await finishJob(person.token, await startJob(person.token, input));
		expect(next.status).toBe('succeeded');
		expect((await read(id)).body.data.status).toBe('canceled');
	});

	test('a terminal job is job_finished', async () => {
		const response = await cancel(finished);
		expect([response.status, response.body.error.code]).toEqual([409, 'job_finished']);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', `/v1/jobs/${finished}/cancel`)).status).toBe(401);
	});

	test("not yours: somebody else's job is not found", async () => {
		expect((await cancel(strangersJob)).status).toBe(404);
	});

	test('bad input: a malformed id is not found', async () => {
		expect((await cancel('x')).status).toBe(404);
	});
});

describe('DELETE /v1/jobs/{id}', () => {
	const remove = (id: string, token: string | undefined = person.token) =>
		call('DELETE', `/v1/jobs/${id}`, { token });

	test('success: a terminal job is no longer found', async () => {
		const id = await startJob(person.token, input);
		await finishJob(person.token, id);
		expect((await remove(id)).status).toBe(204);
		expect((await read(id)).status).toBe(404);
		expect((await remove(id)).status).toBe(404);
	});

	test('bad input: a job that is not terminal stays', async () => {
		const id = await longJob();
		expect((await remove(id)).body.error.code).toBe('validation');
		expect((await read(id)).status).toBe(200);
		await cancel(id);
	});

	test('no token: is refused', async () => {
		expect((await call('DELETE', `/v1/jobs/${finished}`)).status).toBe(401);
	});

	test("not yours: somebody else's job is not found and stays", async () => {
		expect((await remove(strangersJob)).status).toBe(404);
		expect((await call('GET', `/v1/jobs/${strangersJob}`, { token: stranger.token })).status).toBe(200);
	});
});
