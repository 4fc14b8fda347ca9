import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { register } from '../product/person.ts';
import type { Sample } from '../samples/sample.ts';

/** A user reads about 20 times a second: a dashboard that is open in several tabs. */
const READ_INTERVAL_MS = 50;
const PAUSE_BETWEEN_JOBS_MS = 500;
/** Longer than any answer may take. */
const TIMEOUT_MS = 90_000;
const TERMINAL = ['succeeded', 'failed', 'canceled'];

/** What one user saw while it lasted. */
export interface Experience {
	readsMs: number[];
	/** A declaration with its upload. */
	uploadsMs: number[];
	/** From the request for a job to its end. */
	jobsMs: number[];
	/** Requests that were refused, reset or timed out, and jobs that failed, a line each. */
	refusals: string[];
}

export interface Victim {
	/** Reads, uploads and runs jobs for so long; jobs that have begun are finished. */
	live(seconds: number): Promise<Experience>;
	close(): void;
}

interface Answer {
	status: number;
	body: { data?: Record<string, unknown>; error?: { code: string; message: string } };
}

/** Registers a user who uses the product as people do: reads on new and on kept connections, an upload and a job after another. */
export async function createVictim(apiUrl: string, sample: Sample): Promise<Victim> {
	const { token } = await register(apiUrl);
	const kept = new Agent({ keepAlive: true });
	const call = (method: string, path: string, options: { body?: object; agent?: Agent } = {}) =>
		send({ apiUrl, token, method, path, agent: options.agent ?? kept, body: options.body });
	return {
		async live(seconds) {
			const experience: Experience = { readsMs: [], uploadsMs: [], jobsMs: [], refusals: [] };
			const endMs = performance.now() + seconds * 1_000;
			await Promise.all([read(call, experience, endMs), work(call, { sample, experience, endMs })]);
			return experience;
		},
		close: () => kept.destroy(),
	};
}

type Call = (method: string, path: string, options?: { body?: object; agent?: Agent }) => Promise<Answer>;

function send(given: {
	apiUrl: string;
	token: string;
	method: string;
	path: string;
	agent: Agent;
	body: object | undefined;
}): Promise<Answer> {
	const { apiUrl, token, method, path, agent } = given;
	const body = given.body && JSON.stringify(given.body);
	return new Promise((resolve, reject) => {
		const sent = request(`${apiUrl}${path}`, {
			...{ method, agent, timeout: TIMEOUT_MS },
			headers: {
				authorization: `Bearer ${token}`,
				...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
			},
		});
		sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
		sent.on('error', reject);
		sent.on('response', (answer) => readJson(answer).then(resolve, reject));
		sent.end(body);
	});
}

async function readJson(answer: IncomingMessage): Promise<Answer> {
	let text = '';
	for await (const chunk of answer.setEncoding('utf8')) text += chunk;
	return { status: answer.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) };
}

/** At a steady pace, whether or not the last one was answered. */
async function read(call: Call, { readsMs, refusals }: Experience, endMs: number): Promise<void> {
	const paths = ['/v1/jobs', '/v1/me', '/v1/files'];
	const asked: Promise<void>[] = [];
	for (let count = 0; performance.now() < endMs; count += 1) {
		const path = paths[count % paths.length] ?? '/v1/me';
		// every other request opens a connection, as a new client does
		const agent = count % 2 === 0 ? new Agent() : undefined;
		const startedAtMs = performance.now();
		asked.push(
			call('GET', path, agent && { agent }).then(
				({ status, body }) => {
					readsMs.push(performance.now() - startedAtMs);
					if (status !== 200) refusals.push(`GET ${path}: ${status} ${body.error?.message ?? ''}`);
				},
				(error: Error) => void refusals.push(`GET ${path}: ${error.message}`),
			),
		);
		await sleep(READ_INTERVAL_MS);
	}
	await Promise.all(asked);
}

async function work(
	call: Call,
	{ sample, experience, endMs }: { sample: Sample; experience: Experience; endMs: number },
): Promise<void> {
	while (performance.now() < endMs) {
		try {
			await runOnce(call, sample, experience);
		} catch (error) {
			experience.refusals.push((error as Error).message);
		}
		await sleep(PAUSE_BETWEEN_JOBS_MS);
	}
}

async function runOnce(
	call: Call,
	{ path, mimeType, tool, params }: Sample,
	seen: Experience,
): Promise<void> {
	const expect = async (method: string, to: string, body?: object) => {
		const answer = await call(method, to, body && { body });
		if (answer.status < 300 && answer.body.data) return answer.body.data;
		throw new Error(`${method} ${to}: ${answer.status} ${answer.body.error?.message ?? ''}`);
	};
	const startedAtMs = performance.now();
	const size_bytes = (await stat(path)).size;
	const file = await expect('POST', '/v1/files', { name: basename(path), mime_type: mimeType, size_bytes });
	const put = await fetch(String(file.upload_url), {
		method: 'PUT',
		headers: file.headers as Record<string, string>,
		body: await openAsBlob(path),
	});
	if (!put.ok) throw new Error(`PUT: ${put.status}`);
	const uploadedAtMs = performance.now();
	seen.uploadsMs.push(uploadedAtMs - startedAtMs);
	let job = await expect('POST', '/v1/jobs', { tool, input_file_id: file.file_id, params });
	while (!TERMINAL.includes(String(job.status))) job = await expect('GET', `/v1/jobs/${job.id}?wait=30`);
	seen.jobsMs.push(performance.now() - uploadedAtMs);
	if (job.status !== 'succeeded') throw new Error(`a job ended ${job.status}: ${job.error_message}`);
}
