import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type Job } from '@creatorr/client';
import { createFlow, sendOnce } from '../../driver/create-flow.ts';
import { type SendOptions, send } from '../../driver/http.ts';
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

/** As a dashboard in several tabs. */
const READ_EVERY_MS = 50;
const READS = ['/v1/jobs', '/v1/me', '/v1/files'];
const PAUSE_BETWEEN_JOBS_MS = 500;
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
	/** Input of the user's jobs. */
	sample: Sample;
	seconds: number;
}

/**
 * Acts as a signed-in user for some seconds: reads on new and on kept connections, without waiting for earlier reads; one upload
 * with its job after another; sign-ins. Repeats nothing. Waits for jobs that have begun, and returns every exchange.
 */
export async function runUserFlow({ apiUrl, user, sample, seconds }: Flow): Promise<Exchange[]> {
	const kept = new Agent({ keepAlive: true });
	const { exchanges, record } = createRecorder();
	const { call, upload, runJob } = await createActions(apiUrl, user, sample, kept);
	const endMs = performance.now() + seconds * 1_000;
	const repeat = async (everyMs: number, work: () => unknown) => {
		for (; performance.now() < endMs; await sleep(everyMs)) await work();
	};
	const reads: Promise<unknown>[] = [];
	const startRead = () => {
		const path = READS[reads.length % READS.length] ?? '/v1/me';
		const agent = reads.length % 2 === 0 ? new Agent() : kept;
		reads.push(record(`GET ${path}`, () => call('GET', path, { agent })));
	};
	await Promise.all([
		repeat(READ_EVERY_MS, startRead),
		repeat(PAUSE_BETWEEN_JOBS_MS, async () => {
			const fileId = await record('upload', upload);
			if (fileId !== undefined) await record('job', () => runJob(fileId));
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

function createRecorder() {
	const exchanges: Exchange[] = [];
	return {
		exchanges,
		/** Resolves with undefined when the work fails. */
		async record<T>(operation: string, work: () => Promise<T>): Promise<T | undefined> {
			const startedAt = performance.now();
			let failure: string | undefined;
			const result = await work().catch((error: Error) => {
				failure = error.message;
				return undefined;
			});
			exchanges.push({ operation, durationMs: performance.now() - startedAt, failure });
			return result;
		},
	};
}

/** Returns what the user does. All reject when an answer is an error. */
async function createActions(apiUrl: string, { token }: User, sample: Sample, agent: Agent) {
	const common = { agent, token, timeoutMs: TIMEOUT_MS };
	const transport = sendOnce((method, path, options) =>
		send(apiUrl, method, path, { ...common, ...options }),
	);
	const { uploadFile, startJob } = createFlow(transport);
	const bytes = await readFile(sample.path);
	const file = { name: basename(sample.path), mimeType: sample.mimeType };
	const call = async (method: string, path: string, options?: SendOptions) =>
		(await transport.ask([200, 204], method, path, options)).body?.data;
	return {
		call,
		upload: () => uploadFile(token, bytes, file),
		async runJob(fileId: string): Promise<void> {
			const id = await startJob(token, fileId, sample);
			let job: Job;
			do job = await call('GET', `/v1/jobs/${id}?wait=30`);
			while (!isTerminal(job));
			if (job.status !== SUCCEEDED) throw new Error(`the job ended ${job.status}: ${job.error_message}`);
		},
	};
}
