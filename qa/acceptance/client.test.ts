/** @slice 6 */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	ApiError,
	type Client,
	ConnectionError,
	createClient,
	JobError,
	type UntypedTools,
} from '@creatorr/client';
import { startTcpProxy } from '@creatorr/testing/tcp-proxy';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BASE_URL, newEmail, newPerson, PASSWORD, type Person } from '../driver/client.ts';
import { makePdf } from '../driver/pdf.ts';
import { killAndAwaitRestart } from '../driver/processes.ts';

const MIB = 1024 * 1024;
const PDF = 'application/pdf';

let person: Person;
let client: Client;
let directory: string;

beforeAll(async () => {
	person = await newPerson();
	client = createClient({ baseUrl: BASE_URL, token: person.token });
	directory = await mkdtemp(join(tmpdir(), 'creatorr-client-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function bytesOf(fileId: string): Promise<Buffer> {
	const { blob } = await client.files.download(fileId);
	return Buffer.from(await (await blob()).arrayBuffer());
}

test('a small file is uploaded at once, and downloaded unchanged', async () => {
	const bytes = randomBytes(100_000);
	const progress: number[] = [];
	const file = await client.files.upload(new File([bytes], 'small.bin', { type: 'image/png' }), {
		onProgress: ({ sentBytes }) => progress.push(sentBytes),
	});
	expect(file).toMatchObject({
		name: 'small.bin',
		mime_type: 'image/png',
		size_bytes: 100_000,
		status: 'ready',
	});
	expect((await bytesOf(file.id)).equals(bytes)).toBe(true);
	expect(progress.at(-1)).toBe(100_000);
});

test('a large file is uploaded from its path in parts, and downloaded unchanged', async () => {
	const bytes = randomBytes(33 * MIB + 1);
	const path = join(directory, 'large.bin');
	await writeFile(path, bytes);
	const progress: number[] = [];
	const file = await client.files.upload(
		{ path },
		{ mimeType: 'video/mp4', onProgress: ({ sentBytes }) => progress.push(sentBytes) },
	);
	expect(file).toMatchObject({ name: 'large.bin', mime_type: 'video/mp4', size_bytes: bytes.length });
	expect((await bytesOf(file.id)).equals(bytes)).toBe(true);
	expect(progress).toEqual([...progress].sort((a, b) => a - b));
	expect(progress.at(-1)).toBe(bytes.length);
});

test('a paused upload continues with the missing parts', async () => {
	const bytes = randomBytes(48 * MIB);
	const pause = new AbortController();
	let id = '';
	const paused = client.files.upload(new Blob([bytes]), {
		name: 'paused.bin',
		signal: pause.signal,
		onCreated: (created) => {
			id = created;
		},
		onProgress: ({ sentBytes }) => {
			if (sentBytes >= bytes.length / 2) pause.abort(new Error('paused'));
		},
	});
	await expect(paused).rejects.toThrow('paused');
	const stored = (await client.files.parts(id)).parts.filter(({ etag }) => etag !== undefined);
	expect(stored.length).toBeGreaterThan(0);

	const sent: number[] = [];
	const file = await client.files.upload(new Blob([bytes]), {
		name: 'paused.bin',
		resume: id,
		onProgress: ({ sentBytes }) => sent.push(sentBytes),
	});
	expect([file.id, file.status, sent.at(-1)]).toEqual([id, 'ready', bytes.length]);
	expect((await bytesOf(id)).equals(bytes)).toBe(true);
});

test('an upload waits for a store that goes down in between', async () => {
	const bytes = randomBytes(40 * MIB);
	let death: Promise<void> | undefined;
	const file = await client.files.upload(new Blob([bytes]), {
		name: 'interrupted.bin',
		onProgress: ({ sentBytes }) => {
			if (sentBytes >= bytes.length / 2) death ??= killAndAwaitRestart('s3');
		},
	});
	await death;
	expect(death).toBeDefined();
	expect((await bytesOf(file.id)).equals(bytes)).toBe(true);
});

test('a run uploads, waits and returns a smaller output', async () => {
	const pdf = makePdf({ pages: 2 });
	const states: string[] = [];
	const { job, output } = await client.run({
		tool: 'compress_heavy',
		source: new Blob([Uint8Array.from(pdf)], { type: PDF }),
		name: 'scan.pdf',
		params: { quality: 60 },
		onJob: ({ status }) => states.push(status),
	});
	expect(job).toMatchObject({ status: 'succeeded', progress: 100, params: { quality: 60 } });
	expect([states[0], states.at(-1)]).toEqual(['queued', 'succeeded']);
	const compressed = await bytesOf(output.id);
	expect(compressed.length).toBe(job.result?.bytes_out);
	expect(compressed.length).toBeLessThan(pdf.length);
});

test('a run of something that is no document rejects with a message that says what to do', async () => {
	const source = new Blob(['%PDF-1.4 and no more'], { type: PDF });
	const failure = await client
		.run({ tool: 'compress_heavy', source, name: 'broken.pdf' })
		.catch((error) => error);
	expect(failure).toBeInstanceOf(JobError);
	expect(failure).toMatchObject({ code: 'corrupt_input', job: { status: 'failed' } });
});

test('runs with the same key create one job', async () => {
	const { id } = await client.files.upload(new Blob([Uint8Array.from(makePdf())], { type: PDF }), {
		name: 'a.pdf',
	});
	const run = () => client.run({ tool: 'compress_heavy', fileId: id, idempotencyKey: `run-${id}` });
	const [one, other] = await Promise.all([run(), run()]);
	expect(one.job.id).toBe(other.job.id);
});

test('an aborted run cancels its job', async () => {
	const controller = new AbortController();
	let jobId = '';
	const running = client.run({
		tool: 'compress_heavy',
		source: new Blob([Uint8Array.from(makePdf({ pages: 20, pictureSide: 1_200 }))], { type: PDF }),
		name: 'a.pdf',
		signal: controller.signal,
		cancelOnAbort: true,
		onJob: ({ id, status }) => {
			jobId = id;
			if (status === 'queued') controller.abort(new Error('changed my mind'));
		},
	});
	await expect(running).rejects.toThrow('changed my mind');
	expect(await client.jobs.get(jobId)).toMatchObject({ status: 'canceled' });
});

test('watching a job continues after a lost connection until the job ends', async () => {
	const proxy = await startTcpProxy(BASE_URL);
	const away = createClient({ baseUrl: new URL(proxy.url).origin, token: person.token });
	const pdf = Uint8Array.from(makePdf({ pages: 4, pictureSide: 800 }));
	const { id: fileId } = await client.files.upload(new Blob([pdf], { type: PDF }), { name: 'watched.pdf' });
	const { id } = await client.jobs.create({ tool: 'compress_heavy', input_file_id: fileId });
	const states: string[] = [];
	for await (const { status } of away.jobs.watch(id)) {
		if (states.length === 0) {
			proxy.cut();
			setTimeout(proxy.restore, 1_000);
		}
		states.push(status);
	}
	expect(states.at(-1)).toBe('succeeded');
	await proxy.close();
});

test('refusals of the API and failed connections are different errors', async () => {
	const stranger = createClient({ baseUrl: BASE_URL });
	const email = newEmail();
	await expect(stranger.account.login({ email, password: PASSWORD })).rejects.toMatchObject({
		name: 'ApiError',
		code: 'invalid_credentials',
		status: 401,
		requestId: expect.stringMatching(/^req_/),
	});
	await expect(stranger.account.me()).rejects.toBeInstanceOf(ApiError);
	const untyped = createClient<UntypedTools>({ baseUrl: BASE_URL, token: person.token });
	const refused = untyped.jobs.create({
		tool: 'nothing_such',
		input_file_id: 'fil_01ARZ3NDEKTSV4RRFFQ69G5FAV',
	});
	await expect(refused).rejects.toMatchObject({ code: 'unknown_tool' });
	const nowhere = createClient({ baseUrl: 'http://127.0.0.1:9' });
	await expect(nowhere.tools()).rejects.toBeInstanceOf(ConnectionError);
});

test('reports the token of a session that was ended', async () => {
	const { token } = await createClient({ baseUrl: BASE_URL }).account.register({
		email: newEmail(),
		password: PASSWORD,
	});
	const refused: (string | undefined)[] = [];
	const own = createClient({ baseUrl: BASE_URL, token, onUnauthorized: (_, which) => refused.push(which) });
	await own.account.logout();
	await expect(own.account.me()).rejects.toMatchObject({ code: 'unauthorized' });
	expect(refused).toEqual([token]);
});
