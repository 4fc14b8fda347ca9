import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../../driver/http.ts';
import type { Sample } from '../samples/sample.ts';
import { BenchError } from '../say.ts';

const DEFAULT_URL = 'http://127.0.0.1:8080';
const TERMINAL: readonly string[] = ['succeeded', 'failed', 'canceled'];
const WAIT_SECONDS = 30;
/** Answers that say: later. */
const LATER: readonly number[] = [429, 503, 504];
const TRIES = 20;

export interface Job {
	id: string;
	status: string;
	output_file_id?: string;
	error_code?: string;
	error_message?: string;
	result?: Record<string, unknown>;
}

export interface Person {
	token: string;
	email: string;
	password: string;
}

/** The product as one user sees it. */
export interface Account {
	upload(sample: Sample): Promise<string>;
	enqueue(sample: Sample, fileId: string): Promise<string>;
	/** Resolves once the job is terminal. */
	finish(jobId: string): Promise<Job>;
	/** Takes all bytes of a file, and keeps none. */
	download(fileId: string): Promise<void>;
}

/** Registers a new user. Throws a BenchError when nothing answers. */
export async function register(baseUrl: string): Promise<Person> {
	const email = `bench-${randomBytes(9).toString('hex')}@example.com`;
	const password = randomBytes(18).toString('base64url');
	const { token } = await request(baseUrl, 'POST', '/v1/auth/register', { body: { email, password } });
	return { token: String(token), email, password };
}

/** Registers a new user, with the product at BASE_URL unless told otherwise. Throws a BenchError when nothing answers. */
export async function openAccount(baseUrl = process.env.BASE_URL ?? DEFAULT_URL): Promise<Account> {
	const { token } = await register(baseUrl);
	const call = (method: string, path: string, body?: object) =>
		request(baseUrl, method, path, { token, ...(body && { body }) });
	return {
		upload: (sample) => upload(call, sample),
		async enqueue({ tool, params }, fileId) {
			return String((await call('POST', '/v1/jobs', { tool, input_file_id: fileId, params })).id);
		},
		async finish(jobId) {
			for (;;) {
				const job = (await call('GET', `/v1/jobs/${jobId}?wait=${WAIT_SECONDS}`)) as unknown as Job;
				if (TERMINAL.includes(job.status)) return job;
			}
		},
		async download(fileId) {
			const { download_url } = await call('GET', `/v1/files/${fileId}`);
			const answer = await fetch(String(download_url));
			if (!answer.ok) throw new BenchError(`the store answered ${answer.status} to a download`);
			for await (const _ of answer.body ?? []);
		},
	};
}

type Data = Record<string, unknown>;

async function upload(
	call: (method: string, path: string, body?: object) => Promise<Data>,
	{ path, mimeType }: Sample,
): Promise<string> {
	const declaration = { name: basename(path), mime_type: mimeType, size_bytes: (await stat(path)).size };
	const { file_id, upload_url, headers } = await call('POST', '/v1/files', declaration);
	const answer = await fetch(String(upload_url), {
		method: 'PUT',
		headers: headers as Record<string, string>,
		body: await openAsBlob(path),
	});
	if (!answer.ok) throw new BenchError(`the store answered ${answer.status} to an upload`);
	return String(file_id);
}

/** The data of an answer. Waits and tries again when the product asks for it; throws a BenchError for a refusal. */
async function request(
	baseUrl: string,
	method: string,
	path: string,
	options: { token?: string; body?: object },
): Promise<Data> {
	for (let tries = 1; ; tries += 1) {
		const { status, headers, body, text } = await send(baseUrl, method, path, options).catch(
			(cause: unknown) => {
				throw new BenchError(
					`Nothing answers at ${baseUrl}: start the product, or say where it is with --api or BASE_URL.`,
					{ cause },
				);
			},
		);
		if (status < 300) return body.data;
		if (!LATER.includes(status) || tries === TRIES)
			throw new BenchError(`${method} ${path} was answered ${status}: ${text}`);
		await sleep(1000 * Number(headers.get('retry-after') ?? 1));
	}
}
