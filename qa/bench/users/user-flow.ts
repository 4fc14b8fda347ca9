import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '@creatorr/client';
import { BASE_URL } from '../../driver/client.ts';
import { createFlow, sendOnce } from '../../driver/create-flow.ts';
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

/**
 * Acts as a signed-in user for some seconds: reads on new and on persistent connections, without waiting for earlier reads; one upload
 * with its job after another; sign-ins. Retries nothing. Waits for jobs that have begun, and returns every exchange.
 * @param readers accounts that the user reads with, in turn, so that none exceeds the requests of its plan
 */
export async function runUserFlow(
	{ email, password, token }: User,
	readers: readonly User[],
	{ sample, seconds }: { sample: Sample; seconds: number },
): Promise<Exchange[]> {
	const kept = new Agent({ keepAlive: true });
	const exchanges: Exchange[] = [];
	const endMs = performance.now() + seconds * 1_000;
	const transport = sendOnce((method, path, options) =>
		send(BASE_URL, method, path, { agent: kept, timeoutMs: TIMEOUT_MS, ...options }),
	);
	const { ask } = transport;
	const { uploadFile, startJob } = createFlow(transport);
	const file = { name: basename(sample.path), mimeType: sample.mimeType };
	const bytes = readFileSync(sample.path);
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
	const reads: Promise<unknown>[] = [];
	const startRead = () => {
		const path = READS[reads.length % READS.length] ?? '/v1/me';
		const agent = reads.length % 2 === 0 ? new Agent() : kept;
		const reader = readers[reads.length % readers.length];
		reads.push(record(`GET ${path}`, () => ask([200], 'GET', path, { agent, token: reader?.token })));
	};
	const runJob = async (fileId: string) => {
		const id = await startJob(token, fileId, sample);
		const read = async () => (await ask([200], 'GET', `/v1/jobs/${id}?wait=30`, { token })).body.data;
		let job = await read();
		while (!isTerminal(job)) job = await read();
		if (job.status !== SUCCEEDED) throw new Error(`the job ended ${job.status}: ${job.error_message}`);
	};
	const login = () => ask([200], 'POST', '/v1/auth/login', { body: { email, password } });
	await Promise.all([
		repeat(READ_EVERY_MS, startRead),
		repeat(PAUSE_BETWEEN_JOBS_MS, async () => {
			const fileId = await record('upload', () => uploadFile(token, bytes, file));
			if (fileId !== undefined) await record('job', () => runJob(fileId));
		}),
		repeat(SIGN_IN_EVERY_MS, async () => {
			const session = (await record('POST /v1/auth/login', login))?.body.data;
			const logout = () => ask([204], 'POST', '/v1/auth/logout', { token: session.token });
			if (session) await record('POST /v1/auth/logout', logout);
		}),
	]);
	await Promise.all(reads);
	kept.destroy();
	return exchanges;
}
