import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../product/person.ts';
import { tinyPdf } from './tiny-pdf.ts';

/** One request of the user and what came of it. */
export interface Exchange {
	/** Such as `GET /v1/me`, without ids. */
	operation: string;
	/** 0 where the connection broke. */
	status: number;
	durationMs: number;
}

const READ_EVERY_MS = 250;
const JOB_EVERY_MS = 2_000;
const SIGN_IN_EVERY_MS = 15_000;
const WAIT_SECONDS = 20;
const TERMINAL = ['succeeded', 'failed', 'canceled'];

type Data = Record<string, unknown>;

interface CallOptions {
	body?: object;
	/** Names the request where the path has an id. */
	as?: string;
	token?: string;
}

/** Whether the product, or a connection to it, refused a request that it should have served. */
export function isRefused({ status }: Exchange): boolean {
	return status === 0 || status === 429 || status >= 500;
}

/**
 * Acts as one signed-in user until `stop`: reads, uploads a page, has it compressed, downloads it, and signs in and out beside
 * it. Returns every request; none is tried again. The last ones may be cut short, and are left out then.
 */
export async function runUserFlow(
	baseUrl: string,
	person: Person,
	stop: AbortSignal,
	note: (exchange: Exchange) => void,
): Promise<void> {
	async function call(method: string, path: string, options: CallOptions = {}): Promise<Data> {
		const { body, as = path, token = person.token } = options;
		const startedAtMs = performance.now();
		const answer = await fetch(baseUrl + path, {
			method,
			signal: stop,
			headers: {
				authorization: `Bearer ${token}`,
				...(body && { 'content-type': 'application/json' }),
			},
			...(body && { body: JSON.stringify(body) }),
		}).catch(() => undefined);
		const text = await answer?.text().catch(() => undefined);
		if (stop.aborted) return {};
		const status = text === undefined ? 0 : (answer?.status ?? 0);
		note({ operation: `${method} ${as}`, status, durationMs: performance.now() - startedAtMs });
		return status >= 200 && status < 300 && text ? (JSON.parse(text) as { data: Data }).data : {};
	}

	async function read(): Promise<void> {
		await call('GET', '/v1/me');
		await call('GET', '/v1/jobs');
	}

	async function runJob(): Promise<void> {
		const pdf = tinyPdf('A page of a bench');
		const declaration = { name: 'page.pdf', mime_type: 'application/pdf', size_bytes: pdf.length };
		const file = await call('POST', '/v1/files', { body: declaration });
		if (file.upload_url === undefined) return;
		const headers = file.headers as Record<string, string>;
		const bytes = new Uint8Array(pdf);
		await fetch(String(file.upload_url), { method: 'PUT', headers, body: bytes, signal: stop });
		const order = { tool: 'compress_heavy', input_file_id: file.file_id, params: {} };
		let job = await call('POST', '/v1/jobs', { body: order });
		const path = `/v1/jobs/${job.id}?wait=${WAIT_SECONDS}`;
		while (job.id !== undefined && !TERMINAL.includes(String(job.status)) && !stop.aborted)
			job = await call('GET', path, { as: '/v1/jobs/{id}?wait' });
		const output = job.output_file_id;
		if (output !== undefined) await call('GET', `/v1/files/${output}`, { as: '/v1/files/{id}' });
	}

	async function signInAndOut(): Promise<void> {
		const { email, password } = person;
		const { token } = await call('POST', '/v1/auth/login', { body: { email, password } });
		if (typeof token !== 'string') return;
		await call('GET', '/v1/me', { token, as: '/v1/me (new session)' });
		await call('POST', '/v1/auth/logout', { token });
	}

	async function every(intervalMs: number, act: () => Promise<void>): Promise<void> {
		while (!stop.aborted) {
			await act().catch((error: unknown) => {
				if (!stop.aborted) throw error;
			});
			await sleep(intervalMs, undefined, { signal: stop }).catch(() => undefined);
		}
	}

	await Promise.all([
		every(READ_EVERY_MS, read),
		every(JOB_EVERY_MS, runJob),
		every(SIGN_IN_EVERY_MS, signInAndOut),
	]);
}
