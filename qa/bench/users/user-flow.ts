import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type Job } from '@creatorr/client';
import { send } from '../../driver/http.ts';
import type { User } from '../product/user.ts';
import { type Sample, SUCCEEDED } from '../samples/samples.ts';

/** A request of the user, or several that form one step. */
export interface Exchange {
	/** Such as `GET /v1/me`; `upload` is the declaration with its PUT, `job` is from the request to the end of the job. */
	operation: string;
	durationMs: number;
	/** Why it failed: an error status, a broken connection, or a job that did not succeed. */
	failure: string | undefined;
}

/** About as often as several tabs of a dashboard. */
const READ_EVERY_MS = 50;
const READS = ['/v1/jobs', '/v1/me', '/v1/files'];
/** The plan Free has 60 jobs a minute. */
const PAUSE_BETWEEN_JOBS_MS = 700;
const SIGN_IN_EVERY_MS = 15_000;
/** Longer than any answer may take. */
const TIMEOUT_MS = 90_000;

/** Whether it is one of the user's steady reads. */
export function isRead({ operation }: Exchange): boolean {
	return READS.some((path) => operation === `GET ${path}`);
}

interface Flow {
	apiUrl: string;
	user: User;
	/** Further accounts that the user reads with, in turn, so that none exceeds the requests of its plan. */
	otherAccounts?: readonly User[];
	sample: Sample;
	seconds: number;
}

/** Resolves with the data of an answer. Rejects when it is an error. */
type Call = (
	method: string,
	path: string,
	options?: { body?: object; token?: string; agent?: Agent },
	// biome-ignore lint/suspicious/noExplicitAny: whatever the product answered
) => Promise<any>;

/**
 * Acts as a signed-in user for some seconds: reads on new and on persistent connections, without waiting for earlier reads; one upload
 * with its job after another; sign-ins. Retries nothing. Waits for jobs that have begun, and returns every exchange.
 */
export async function runUserFlow({
	apiUrl,
	user,
	otherAccounts = [],
	sample,
	seconds,
}: Flow): Promise<Exchange[]> {
	const kept = new Agent({ keepAlive: true });
	const exchanges: Exchange[] = [];
	const endMs = performance.now() + seconds * 1_000;
	const call: Call = async (method, path, options = {}) => {
		const common = { agent: kept, token: user.token, timeoutMs: TIMEOUT_MS };
		const { status, body, text } = await send(apiUrl, method, path, { ...common, ...options });
		if (status >= 400) throw new Error(`${status} ${text}`);
		return body?.data;
	};
	/** Resolves with undefined when the work fails. */
	const record = async <T>(operation: string, work: () => Promise<T>): Promise<T | undefined> => {
		const startedAt = performance.now();
		let failure: string | undefined;
		const result = await work().catch((error: Error) => {
			failure = error.message;
			return undefined;
		});
		exchanges.push({ operation, durationMs: performance.now() - startedAt, failure });
		return result;
	};
	const repeat = async (everyMs: number, work: () => unknown) => {
		for (; performance.now() < endMs; await sleep(everyMs)) await work();
	};
	const readers = [user, ...otherAccounts];
	const reads: Promise<unknown>[] = [];
	const startRead = () => {
		const path = READS[reads.length % READS.length] ?? '/v1/me';
		const agent = reads.length % 2 === 0 ? new Agent() : kept;
		const { token } = readers[reads.length % readers.length] ?? user;
		reads.push(record(`GET ${path}`, () => call('GET', path, { agent, token })));
	};
	await Promise.all([
		repeat(READ_EVERY_MS, startRead),
		repeat(PAUSE_BETWEEN_JOBS_MS, async () => {
			const fileId = await record('upload', () => upload(call, sample));
			if (fileId !== undefined) await record('job', () => runJob(call, sample, fileId));
		}),
		repeat(SIGN_IN_EVERY_MS, async () => {
			const body = { email: user.email, password: user.password };
			const session = await record('POST /v1/auth/login', () => call('POST', '/v1/auth/login', { body }));
			const { token } = session ?? {};
			if (token) await record('POST /v1/auth/logout', () => call('POST', '/v1/auth/logout', { token }));
		}),
	]);
	await Promise.all(reads);
	kept.destroy();
	return exchanges;
}

async function upload(call: Call, { path, mimeType }: Sample): Promise<string> {
	const body = { name: basename(path), mime_type: mimeType, size_bytes: (await stat(path)).size };
	const { file_id, upload_url, headers } = await call('POST', '/v1/files', { body });
	const { ok, status } = await fetch(upload_url, { method: 'PUT', headers, body: await openAsBlob(path) });
	if (!ok) throw new Error(`the store answered ${status}`);
	return file_id;
}

async function runJob(call: Call, { tool, params }: Sample, fileId: string): Promise<void> {
	let job: Job = await call('POST', '/v1/jobs', { body: { tool, input_file_id: fileId, params } });
	while (!isTerminal(job)) job = await call('GET', `/v1/jobs/${job.id}?wait=30`);
	if (job.status !== SUCCEEDED) throw new Error(`the job ended ${job.status}: ${job.error_message}`);
}
