import { request } from 'node:http';
import type { Storage } from '../../src/storage.ts';

export const TEXT = 'text/plain';

/** What most tests need and do not care about. */
export const FOR_A_CLIENT = { audience: 'client', expiresInSeconds: 60 } as const;

/** Sends a body as HTTP clients do: with its own length, and with only the headers given. */
export async function put(url: string, body: string | Uint8Array<ArrayBuffer>, contentType?: string) {
	const headers = contentType === undefined ? undefined : { 'content-type': contentType };
	// Bytes rather than a string: fetch would give a string a content type of its own.
	const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
	const response = await fetch(url, { method: 'PUT', body: bytes, ...(headers && { headers }) });
	await response.arrayBuffer();
	return response;
}

/** Uploads `body` the way a client is told to. */
export async function store(storage: Storage, key: string, body: string): Promise<Response> {
	const { url } = await storage.presignPut({
		...FOR_A_CLIENT,
		key,
		contentType: TEXT,
		sizeBytes: Buffer.byteLength(body),
	});
	return put(url, body, TEXT);
}

/** Announces `sizeBytes`, sends some of them, and hangs up once the server has had time to take them. */
export async function putHalf(url: string, sizeBytes: number, contentType: string): Promise<void> {
	const upload = request(url, {
		method: 'PUT',
		headers: { 'content-type': contentType, 'content-length': sizeBytes },
	});
	const closed = new Promise<void>((resolve) => {
		upload.once('close', () => resolve()).on('error', () => resolve());
	});
	await new Promise<void>((resolve) => upload.write(Buffer.alloc(sizeBytes / 2), () => resolve()));
	setTimeout(() => upload.destroy(), 200);
	await closed;
	// The server notices after we do.
	await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Sends a body without saying how long it is. Gives the status, 0 when the server just hangs up. */
export function putWithoutLength(url: string, body: string, contentType: string): Promise<number> {
	return new Promise((resolve) => {
		const upload = request(url, {
			method: 'PUT',
			headers: { 'content-type': contentType, 'transfer-encoding': 'chunked' },
		});
		upload.once('response', (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
		upload.once('error', () => resolve(0));
		upload.end(body);
	});
}
