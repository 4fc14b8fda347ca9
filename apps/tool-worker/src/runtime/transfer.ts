import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { inSpan, SpanKind } from '@creatorr/telemetry/span';
import { collectBuffersOf } from './buffer-collection.ts';

/** The object is not the one that was asked for: gone, or other bytes than before. */
export class ObjectChanged extends Error {}

/** The store did not do its part this time. */
export class TransferFailed extends Error {
	/** Whether it may do it another time: after a timeout, a failure of its own, or with a URL that has not expired. */
	readonly isRetryable: boolean;

	constructor(message: string, statusCode = 500) {
		super(message);
		this.name = 'TransferFailed';
		this.isRetryable = statusCode >= 500 || [403, 408, 429].includes(statusCode);
	}
}

/** A store that says nothing for this long has lost the connection. */
const SILENCE_MS = 30_000;

interface Source {
	url: string;
	etag: string;
	sizeBytes: number;
}

interface Target {
	url: string;
	headers: Record<string, string>;
}

interface Part {
	path: string;
	startByte: number;
	sizeBytes: number;
}

function open(
	url: string,
	method: 'GET' | 'PUT',
	headers: Record<string, string>,
	signal: AbortSignal,
): ClientRequest {
	const request = url.startsWith('https:') ? requestHttps : requestHttp;
	const opened = request(url, { method, headers, signal });
	opened.setTimeout(SILENCE_MS, () => opened.destroy(new TransferFailed('the store is silent')));
	return opened;
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		request.once('response', resolve);
		request.once('error', reject);
	});
}

/**
 * Streams the object with this ETag to a file; a failed download leaves none, as its bytes may be what others lack. Throws
 * {@link ObjectChanged} when the store has no such object any more.
 */
export function download(source: Source, path: string, signal: AbortSignal): Promise<void> {
	return inSpan('store GET', { kind: SpanKind.CLIENT, attributes: { bytes: source.sizeBytes } }, async () => {
		try {
			await receive(source, path, signal);
		} catch (error) {
			await rm(path, { force: true });
			throw error;
		}
	});
}

async function receive(source: Source, path: string, signal: AbortSignal): Promise<void> {
	const request = open(source.url, 'GET', { 'if-match': source.etag }, signal);
	const response = responseTo(request);
	request.end();
	const stream = await response;
	const { statusCode, headers } = stream;
	if (statusCode === 404 || statusCode === 412 || (statusCode === 200 && headers.etag !== source.etag)) {
		stream.destroy();
		throw new ObjectChanged(`the store answered ${statusCode}`);
	}
	if (statusCode !== 200) {
		stream.destroy();
		throw new TransferFailed(`the store answered ${statusCode} to a download`, statusCode);
	}
	collectBuffersOf(stream);
	let receivedBytes = 0;
	stream.on('data', (chunk: Buffer) => {
		receivedBytes += chunk.length;
	});
	await pipeline(stream, createWriteStream(path), { signal });
	if (receivedBytes !== source.sizeBytes)
		throw new TransferFailed(`got ${receivedBytes} bytes of ${source.sizeBytes}`);
}

/** Streams `sizeBytes` of a file from `startByte` on to a presigned URL; resolves to the ETag that the store answered. */
export function upload(target: Target, part: Part, signal: AbortSignal): Promise<string> {
	return inSpan('store PUT', { kind: SpanKind.CLIENT, attributes: { bytes: part.sizeBytes } }, () =>
		send(target, part, signal),
	);
}

async function send(target: Target, part: Part, signal: AbortSignal): Promise<string> {
	const headers = { ...target.headers, 'content-length': String(part.sizeBytes) };
	const request = open(target.url, 'PUT', headers, signal);
	const response = responseTo(request);
	const bytes = createReadStream(part.path, {
		start: part.startByte,
		end: part.startByte + part.sizeBytes - 1,
	});
	collectBuffersOf(bytes);
	// The answer may come before the body has gone, as a refusal does; then the broken pipe is not the news.
	const sent = pipeline(bytes, request, { signal }).then(
		() => null,
		(error: unknown) => error,
	);
	const answer = await response.catch(async (error: unknown) => {
		throw (await sent) ?? error;
	});
	answer.resume();
	if (answer.statusCode !== 200) {
		request.destroy();
		throw new TransferFailed(`the store answered ${answer.statusCode} to an upload`, answer.statusCode);
	}
	await sent;
	return answer.headers.etag ?? '';
}
