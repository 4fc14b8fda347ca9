import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../../driver/http.ts';
import type { Sample } from '../samples/sample.ts';
import type { Person } from './account.ts';

/** A request of the user, or a step of several, and what came of it. */
export interface Exchange {
	/** Such as `GET /v1/me`, without ids; `upload`, a declaration with its PUT; `job`, from the request to its end. */
	operation: string;
	/** 0 where the connection broke or no answer came. */
	status: number;
	durationMs: number;
	/** What the answer says, or the error. */
	message: string;
}

/** A dashboard that is open in several tabs. */
const READ_EVERY_MS = 50;
const READS = ['/v1/jobs', '/v1/me', '/v1/files'];
const PAUSE_BETWEEN_JOBS_MS = 500;
const SIGN_IN_EVERY_MS = 15_000;
/** Longer than any answer may take. */
const TIMEOUT_MS = 90_000;
const TERMINAL = ['succeeded', 'failed', 'canceled'];

/** Whether the product, or a connection to it, refused what it should have done. */
export function isRefused({ status }: Exchange): boolean {
	return status === 0 || status >= 400;
}

/** Whether it is one of the user's steady reads. */
export function isRead({ operation }: Exchange): boolean {
	return READS.some((path) => operation === `GET ${path}`);
}

interface Flow {
	apiUrl: string;
	person: Person;
	/** What the user's jobs run. */
	sample: Sample;
	seconds: number;
}

interface Answer {
	status: number;
	data: Record<string, unknown>;
	message: string;
}

interface CallOptions {
	body?: object;
	token?: string;
	agent?: Agent;
}

type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/**
 * Acts as one signed-in user for so long: reads on new and on kept connections, whether or not the last read was answered, beside it one
 * upload with its job after another, and a sign-in now and then. Returns everything that was asked; nothing is tried again, and jobs
 * that have begun are waited for.
 */
export async function runUserFlow({ apiUrl, person, sample, seconds }: Flow): Promise<Exchange[]> {
	const kept = new Agent({ keepAlive: true });
	const exchanges: Exchange[] = [];
	const endMs = performance.now() + seconds * 1_000;
	const call: Call = async (method, path, options = {}) => {
		const common = { agent: kept, token: person.token, timeoutMs: TIMEOUT_MS };
		const { status, body } = await send(apiUrl, method, path, { ...common, ...options });
		return { status, data: body?.data ?? {}, message: body?.error?.message ?? '' };
	};
	const note = async (operation: string, work: () => Promise<Pick<Answer, 'status' | 'message'>>) => {
		const startedAtMs = performance.now();
		const { status, message } = await work().catch((error: Error) => ({ status: 0, message: error.message }));
		exchanges.push({ operation, status, message, durationMs: performance.now() - startedAtMs });
	};
	const untilEnd = async (everyMs: number, work: () => Promise<void>) => {
		for (; performance.now() < endMs; await sleep(everyMs)) await work();
	};
	const asked: Promise<void>[] = [];
	const readOne = async () => {
		const path = READS[asked.length % READS.length] ?? '/v1/me';
		const agent = asked.length % 2 === 0 ? new Agent() : kept;
		asked.push(note(`GET ${path}`, () => call('GET', path, { agent })));
	};
	await Promise.all([
		untilEnd(READ_EVERY_MS, readOne),
		untilEnd(PAUSE_BETWEEN_JOBS_MS, () => runJob(call, sample, note)),
		untilEnd(SIGN_IN_EVERY_MS, () => signInAndOut(call, person, note)),
	]);
	await Promise.all(asked);
	kept.destroy();
	return exchanges;
}

type Note = (operation: string, work: () => Promise<Pick<Answer, 'status' | 'message'>>) => Promise<void>;

async function runJob(call: Call, { path, mimeType, tool, params }: Sample, note: Note): Promise<void> {
	let fileId: unknown;
	await note('upload', async () => {
		const body = { name: basename(path), mime_type: mimeType, size_bytes: (await stat(path)).size };
		const declared = await call('POST', '/v1/files', { body });
		if (declared.status !== 201) return declared;
		fileId = declared.data.file_id;
		const { upload_url: url, headers } = declared.data;
		const put = { method: 'PUT', headers: headers as Record<string, string>, body: await openAsBlob(path) };
		const { status } = await fetch(String(url), put);
		return { status, message: `the store answered ${status}` };
	});
	if (fileId === undefined) return;
	await note('job', async () => {
		let answer = await call('POST', '/v1/jobs', { body: { tool, input_file_id: fileId, params } });
		while (answer.status < 400 && !TERMINAL.includes(String(answer.data.status)))
			answer = await call('GET', `/v1/jobs/${answer.data.id}?wait=30`);
		const { status, data } = answer;
		if (status >= 400 || data.status === 'succeeded') return answer;
		return { status: 500, message: `the job ended ${data.status}: ${data.error_message}` };
	});
}

async function signInAndOut(call: Call, { email, password }: Person, note: Note): Promise<void> {
	let token: unknown;
	await note('POST /v1/auth/login', async () => {
		const answer = await call('POST', '/v1/auth/login', { body: { email, password } });
		token = answer.data.token;
		return answer;
	});
	if (typeof token === 'string')
		await note('POST /v1/auth/logout', () => call('POST', '/v1/auth/logout', { token: String(token) }));
}
