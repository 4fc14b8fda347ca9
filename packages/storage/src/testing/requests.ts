import { request } from 'node:http';
import type { ListedObject } from '../objects.ts';
import type { Storage } from '../storage.ts';

export const TEXT = 'text/plain';

/** Defaults for tests that don't depend on them. */
export const FOR_A_CLIENT = { audience: 'client', expiresInSeconds: 60 } as const;

/** Sends a body as HTTP clients do, with its length and only these headers. */
export async function put(url: string, body: string | Uint8Array<ArrayBuffer>, contentType?: string) {
	const headers = contentType === undefined ? undefined : { 'content-type': contentType };
	// Bytes instead of a string: fetch would add a content type for a string.
	const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
	const response = await fetch(url, { method: 'PUT', body: bytes, ...(headers && { headers }) });
	await response.arrayBuffer();
	return response;
}

/** Uploads `body` with a presigned PUT, as clients do. */
export async function store(storage: Storage, key: string, body: string): Promise<Response> {
	const { url } = await storage.presignPut({
		...FOR_A_CLIENT,
		key,
		contentType: TEXT,
		sizeBytes: Buffer.byteLength(body),
	});
	return put(url, body, TEXT);
}

/** Declares `sizeBytes`, sends half of them, and closes the connection after the server could read them. */
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
	// The server notices it later.
	await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Sends a body without Content-Length. Resolves to the status, or 0 if the server closes the connection. */
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

/** Returns every object under the prefix in pages of `limit`. */
export async function listAll(storage: Storage, prefix: string, limit?: number): Promise<ListedObject[]> {
	const all: ListedObject[] = [];
	while (true) {
		const startAfter = all.at(-1)?.key ?? '';
		const { objects, isLast } = await storage.listObjects({
			prefix,
			startAfter,
			...(limit === undefined ? {} : { limit }),
		});
		all.push(...objects);
		if (isLast) return all;
	}
}

/** Returns all items of an async iterable. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const collected: Item[] = [];
	for await (const item of items) {
		collected.push(item);
	}
	return collected;
}
