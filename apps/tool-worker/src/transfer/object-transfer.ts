import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inSpan, SpanKind } from '@creatorr/telemetry/span';

/** The object was deleted, or has another ETag than requested. */
export class ObjectChangedError extends Error {
	override name = 'ObjectChangedError';
}

/** The transfer failed, or the store refused it. */
export class TransferError extends Error {
	/** True after a timeout, a failure of the store, or an expired URL. */
	readonly isRetryable: boolean;

	constructor(message: string, statusCode = 500) {
		super(message);
		this.name = 'TransferError';
		this.isRetryable = statusCode >= 500 || [403, 408, 429].includes(statusCode);
	}
}

/** A connection without any data for this long is lost. */
const IDLE_TIMEOUT_MS = 30_000;

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
	const reason = `the connection to the store was idle for ${IDLE_TIMEOUT_MS / 1_000} s`;
	opened.setTimeout(IDLE_TIMEOUT_MS, () => opened.destroy(new TransferError(reason)));
	return opened;
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		request.once('response', resolve);
		request.once('error', reject);
	});
}

/**
 * Streams the object with this ETag to a file. Removes the file of a failed download, as other jobs may need the space. Throws
 * {@link ObjectChangedError} when the store no longer has the object.
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
	const responded = responseTo(request);
	request.end();
	const stream = await responded;
	const { statusCode, headers } = stream;
	if (statusCode === 404 || statusCode === 412 || (statusCode === 200 && headers.etag !== source.etag)) {
		stream.destroy();
		throw new ObjectChangedError(`the store answered ${statusCode}`);
	}
	if (statusCode !== 200) {
		stream.destroy();
		throw new TransferError(`the store answered ${statusCode} to a download`, statusCode);
	}
	boundBufferMemory(stream);
	let receivedBytes = 0;
	stream.on('data', (chunk: Buffer) => {
		receivedBytes += chunk.length;
	});
	await pipeline(stream, createWriteStream(path), { signal });
	if (receivedBytes !== source.sizeBytes)
		throw new TransferError(`got ${receivedBytes} bytes of ${source.sizeBytes}`);
}

/** Streams `sizeBytes` of a file, from `startByte` on, to a presigned URL. Returns the ETag of the response. */
export function upload(target: Target, part: Part, signal: AbortSignal): Promise<string> {
	return inSpan('store PUT', { kind: SpanKind.CLIENT, attributes: { bytes: part.sizeBytes } }, () =>
		send(target, part, signal),
	);
}

async function send(target: Target, part: Part, signal: AbortSignal): Promise<string> {
	const headers = { ...target.headers, 'content-length': String(part.sizeBytes) };
	const request = open(target.url, 'PUT', headers, signal);
	const responded = responseTo(request);
	const bytes = createReadStream(part.path, {
		start: part.startByte,
		end: part.startByte + part.sizeBytes - 1,
	});
	boundBufferMemory(bytes);
	// A refusal may come before the body is sent; then the broken pipe is not the cause.
	const sent = pipeline(bytes, request, { signal }).then(
		() => null,
		(error: unknown) => error,
	);
	const response = await responded.catch(async (error: unknown) => {
		throw (await sent) ?? error;
	});
	response.resume();
	if (response.statusCode !== 200) {
		request.destroy();
		throw new TransferError(`the store answered ${response.statusCode} to an upload`, response.statusCode);
	}
	await sent;
	return response.headers.etag ?? '';
}

type CollectGarbage = (options: { type: 'minor' }) => void;

const COLLECT_EVERY_BYTES = 8 * 1024 * 1024;

let collectGarbage: CollectGarbage | undefined;

/**
 * Bounds the memory of a stream of gigabytes: V8 doesn't count buffers outside its heap until they have 64 MiB. A minor collection
 * every few MiB frees them early, and takes less time than allocating new memory.
 */
function boundBufferMemory(stream: Readable): void {
	let sinceLastBytes = 0;
	stream.on('data', (chunk: Buffer) => {
		sinceLastBytes += chunk.length;
		if (sinceLastBytes < COLLECT_EVERY_BYTES) return;
		sinceLastBytes = 0;
		collectGarbage ??= exposeGarbageCollector();
		collectGarbage({ type: 'minor' });
	});
}

/** V8 exposes its collector only under a flag, which may be set at run time. */
function exposeGarbageCollector(): CollectGarbage {
	setFlagsFromString('--expose-gc');
	const gc = runInNewContext('gc') as CollectGarbage;
	setFlagsFromString('--no-expose-gc');
	return gc;
}
