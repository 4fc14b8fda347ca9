import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpResponse, SendOptions } from './http.ts';

/** How requests are sent: once, or until they are answered. */
export interface Transport {
	/** Resolves to an answer that has one of these statuses. */
	ask(
		expected: readonly number[],
		method: string,
		path: string,
		options?: SendOptions,
	): Promise<HttpResponse>;
	/** Sends bytes to a presigned URL; resolves to their ETag. */
	put(url: string, bytes: Uint8Array, headers?: Record<string, string>): Promise<string>;
}

const UNAVAILABLE = [429, 503, 504];
const RETRY_MS = 200;
const TERMINAL = ['succeeded', 'failed', 'canceled'];
/** In seconds: below every transport's own time limit. */
const WAIT = 5;

/** Returns what users do with files and jobs, sent by this transport. */
export function createFlow({ ask, put }: Transport) {
	return {
		/** Declares a file and uploads its bytes, in parts where asked for; resolves to its id. */
		async uploadFile(
			token: string,
			bytes: Uint8Array,
			options: { name?: string; mimeType?: string; multipart?: boolean } = {},
		): Promise<string> {
			const { name = 'input.pdf', mimeType = 'application/pdf', ...more } = options;
			const body = { name, mime_type: mimeType, size_bytes: bytes.length, ...more };
			const declared = await ask([201], 'POST', '/v1/files', { token, body });
			const { file_id: id, upload_url: url, headers, multipart } = declared.body.data;
			if (multipart) await putParts(token, `/v1/files/${id}/complete`, multipart.parts, bytes);
			else await put(url, bytes, headers);
			return id;
		},

		async startJob(
			token: string,
			fileId: string,
			{ tool = 'compress_heavy', params, key }: { tool?: string; params?: object; key?: string } = {},
		): Promise<string> {
			const body = { tool, input_file_id: fileId, params };
			const headers: Record<string, string> = key ? { 'idempotency-key': key } : {};
			return (await ask([201], 'POST', '/v1/jobs', { token, body, headers })).body.data.id;
		},

		/** Waits until a job is terminal; resolves to the job. `onJob` receives the job at each change. */
		async finishJob(
			token: string,
			jobId: string,
			forMs = 120_000,
			onJob: (job: HttpResponse['body']) => void = () => {},
		): Promise<HttpResponse['body']> {
			const path = `/v1/jobs/${jobId}?wait=${WAIT}`;
			for (const end = Date.now() + forMs; ; ) {
				const { status, body, text } = await ask([200, ...UNAVAILABLE], 'GET', path, { token });
				if (status === 200) {
					onJob(body.data);
					if (TERMINAL.includes(body.data.status)) return body.data;
				} else if (UNAVAILABLE.includes(status)) await sleep(RETRY_MS);
				else throw new Error(`job ${jobId} was answered ${status}`);
				if (Date.now() > end) throw new Error(`job ${jobId} is not done: ${text}`);
			}
		},

		/** Resolves to the bytes of a file, from its download URL. */
		async downloadFile(token: string, fileId: string): Promise<Buffer> {
			const file = await ask([200], 'GET', `/v1/files/${fileId}`, { token });
			const response = await fetch(file.body.data.download_url);
			if (!response.ok) throw new Error(`the download was answered ${response.status}`);
			return Buffer.from(await response.arrayBuffer());
		},
	};

	async function putParts(
		token: string,
		completePath: string,
		declared: readonly { part_number: number; upload_url: string; size: number }[],
		bytes: Uint8Array,
	): Promise<void> {
		const parts = [];
		let start = 0;
		for (const { part_number, upload_url, size } of declared) {
			parts.push({ part_number, etag: await put(upload_url, bytes.subarray(start, start + size)) });
			start += size;
		}
		await ask([200], 'POST', completePath, { token, body: { parts } });
	}
}

/** Sends bytes to a presigned URL once. */
export async function putBytes(
	url: string,
	bytes: Uint8Array,
	headers: Record<string, string> = {},
	signal: AbortSignal | null = null,
): Promise<{ status: number; etag: string }> {
	const body = bytes as Uint8Array<ArrayBuffer>;
	const response = await fetch(url, { method: 'PUT', headers, body, signal });
	await response.arrayBuffer();
	return { status: response.status, etag: response.headers.get('etag') ?? '' };
}

/** Returns a transport that sends each request once. @throws for an answer that has another status than expected */
export function sendOnce(
	send: (method: string, path: string, options?: SendOptions) => Promise<HttpResponse>,
): Transport {
	return {
		async ask(expected, method, path, options) {
			const response = await send(method, path, options);
			if (expected.includes(response.status)) return response;
			throw new Error(`${method} ${path} was answered ${response.status} ${response.text}`);
		},
		async put(url, bytes, headers) {
			const { status, etag } = await putBytes(url, bytes, headers);
			if (status === 200) return etag;
			throw new Error(`an upload was answered ${status}`);
		},
	};
}
