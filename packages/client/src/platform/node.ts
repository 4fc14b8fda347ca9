import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { basename } from 'node:path';
import { ConnectionError } from '../errors.ts';
import type { OpenPath, Put, PutRequest, PutResponse, RandomKey } from './platform.ts';

/** Bytes of the source in memory at a time, for each request. */
const CHUNK_BYTES = 1024 * 1024;

/** Uses node:http: fetch has no upload progress. */
export const put: Put = (request) =>
	new Promise((resolve, reject) => {
		const { url, headers, start, end, signal, stallMs } = request;
		if (signal.aborted) return reject(signal.reason);
		const send = url.startsWith('https:') ? requestHttps : requestHttp;
		const outgoing = send(url, {
			method: 'PUT',
			headers: { ...headers, 'content-length': end - start },
			timeout: stallMs,
		});
		const onAbort = () => outgoing.destroy();
		signal.addEventListener('abort', onAbort);
		outgoing.on('timeout', () => outgoing.destroy(new Error(`no data for ${stallMs / 1_000} s`)));
		outgoing.on('error', (error) =>
			reject(signal.aborted ? signal.reason : new ConnectionError(error.message, { cause: error })),
		);
		outgoing.on('close', () => {
			signal.removeEventListener('abort', onAbort);
			// Has no effect after a response. A destroyed request ends in no other way.
			reject(signal.aborted ? signal.reason : new ConnectionError('the connection was closed'));
		});
		outgoing.on('response', (response) => {
			response.resume();
			const { etag, 'retry-after': retryAfter } = response.headers;
			resolve({ status: response.statusCode ?? 0, etag, retryAfter } satisfies PutResponse);
			// A response before the end of the body is a refusal: the rest need not be sent.
			if (!outgoing.writableFinished) outgoing.destroy();
		});
		sendBody(outgoing, request).catch((error) => {
			reject(error);
			outgoing.destroy();
		});
	});

/** Sends the body and reports the bytes that the operating system has accepted. Rejects if the source can't be read. */
async function sendBody(outgoing: ClientRequest, { source, start, end, onSent }: PutRequest): Promise<void> {
	for (let at = start; at < end && !outgoing.destroyed; at += CHUNK_BYTES) {
		const chunk = await source.slice(at, Math.min(at + CHUNK_BYTES, end));
		const bytes = chunk instanceof Blob ? new Uint8Array(await chunk.arrayBuffer()) : chunk;
		const isTaken = await new Promise<boolean>((resolve) => {
			outgoing.write(bytes, (error) => resolve(!error));
		});
		if (isTaken) onSent(Math.min(at + CHUNK_BYTES, end) - start);
	}
	outgoing.end();
}

export const openPath: OpenPath = async (path) => {
	const file = await open(path);
	const { size } = await file.stat();
	return {
		name: basename(path),
		size,
		async slice(start, end) {
			const { buffer, bytesRead } = await file.read(new Uint8Array(end - start), 0, end - start, start);
			if (bytesRead < end - start) throw new Error(`${path} changed while it was being read`);
			return buffer;
		},
		close: () => file.close(),
	};
};

export const randomKey: RandomKey = () => randomUUID();
