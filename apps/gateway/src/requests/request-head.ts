import type { IncomingHttpHeaders } from 'node:http';
import { bodyLimitOf } from '@creatorr/contracts/body-limit';
import type { Operation } from '@creatorr/contracts/operation';
import { validationError } from '@creatorr/contracts/validation';

interface RequestHead {
	headers: IncomingHttpHeaders;
	rawHeaders: readonly string[];
	httpVersion: string;
}

/** Whether the head doesn't declare the body's length, so that it has to be counted as it streams. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
	return headers['transfer-encoding'] !== undefined;
}

export function hasBody(headers: IncomingHttpHeaders): boolean {
	return headers['content-length'] !== undefined || isChunked(headers);
}

/** Returns the length of the body in bytes. For a chunked body, whose length is unknown, that is the limit of its operation. */
export function bodyBytesOf(headers: IncomingHttpHeaders, operation: Operation): number {
	return isChunked(headers) ? bodyLimitOf(operation) : Number(headers['content-length'] ?? 0);
}

/** Counts Host headers. Node silently keeps the first of several. */
function countHosts(rawHeaders: readonly string[]): number {
	let count = 0;
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index];
		if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
	}
	return count;
}

/** Refuses other codings, and chunks in HTTP/1.0: two servers could parse different bodies. */
function checkTransferCoding(coding: string | undefined, httpVersion: string): void {
	if (coding === undefined) return;
	if (coding.toLowerCase() !== 'chunked') {
		throw validationError([{ path: 'headers.transfer-encoding', message: 'must be chunked or absent' }]);
	}
	if (httpVersion === '1.0') {
		throw validationError([{ path: 'headers.transfer-encoding', message: 'is not allowed in HTTP/1.0' }]);
	}
}

/** Checks what every request must have. Throws `validation`. */
export function checkHead(head: RequestHead, limits: { maxHeaderCount: number }): void {
	const { headers } = head;
	if (head.httpVersion !== '1.1' && head.httpVersion !== '1.0') {
		throw validationError([{ path: 'request', message: 'must be HTTP/1.1' }]);
	}
	if (head.rawHeaders.length / 2 > limits.maxHeaderCount) {
		throw validationError([{ path: 'headers', message: `must be at most ${limits.maxHeaderCount}` }]);
	}
	if (headers.host === undefined && head.httpVersion === '1.1') {
		throw validationError([{ path: 'headers.host', message: 'is missing' }]);
	}
	if (countHosts(head.rawHeaders) > 1) {
		throw validationError([{ path: 'headers.host', message: 'must be sent once' }]);
	}
	if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
		throw validationError([{ path: 'headers.expect', message: 'must be 100-continue or absent' }]);
	}
	checkTransferCoding(headers['transfer-encoding'], head.httpVersion);
}
