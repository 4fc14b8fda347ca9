import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';

interface RequestHead {
	headers: IncomingHttpHeaders;
	rawHeaders: readonly string[];
	httpVersion: string;
}

/** True when the body has no end that its head tells: it must be counted while it streams. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
	return headers['transfer-encoding'] !== undefined;
}

export function hasBody(headers: IncomingHttpHeaders): boolean {
	return headers['content-length'] !== undefined || isChunked(headers);
}

/** Checks what every request must have, whatever it asks for. Throws `validation` or `too_large`. */
export function checkHead(head: RequestHead, limits: { bodyBytes: number; headerCount: number }): void {
	const { headers } = head;
	if (head.httpVersion !== '1.1' && head.httpVersion !== '1.0') {
		throw validationError([{ path: 'request', message: 'must be HTTP/1.1' }]);
	}
	if (head.rawHeaders.length / 2 > limits.headerCount) {
		throw validationError([{ path: 'headers', message: `must be ${limits.headerCount} at most` }]);
	}
	if (headers.host === undefined && head.httpVersion === '1.1') {
		throw validationError([{ path: 'headers.host', message: 'is missing' }]);
	}
	if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
		throw validationError([{ path: 'headers.expect', message: 'must be 100-continue or absent' }]);
	}
	const coding = headers['transfer-encoding'];
	if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
		throw validationError([{ path: 'headers.transfer-encoding', message: 'must be chunked or absent' }]);
	}
	if (Number(headers['content-length'] ?? 0) > limits.bodyBytes) throw bodyTooLarge(limits.bodyBytes);
}

/** The refusal of a body beyond the limit. */
export function bodyTooLarge(limitBytes: number): AppError {
	return new AppError('too_large', `a request body may have ${limitBytes} bytes at most`);
}
