import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { newId } from '@creatorr/contracts/ids';
import { validationError } from '@creatorr/contracts/validation';
import { errorBody } from '@creatorr/service/error-rendering';
import type { Logger } from '@creatorr/service/logger';
import type { PublicSocket } from '../exchange.ts';
import { endExchange, LINGER_MS } from '../requests/response.ts';
import { lastDueResponse } from './pipelining.ts';

function messageFor(code: string | undefined): string {
	switch (code) {
		case 'HPE_HEADER_OVERFLOW':
			return 'has headers that are too large';
		case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
			return 'has chunk extensions that are too large';
		case 'ERR_HTTP_REQUEST_TIMEOUT':
			return 'timed out before it was complete';
		default:
			return 'is not valid HTTP/1.1';
	}
}

/** Closes a socket after a delay. Destroying it at once would reset a connection whose client still sends, and lose the response. */
function destroyAfterLinger(socket: Duplex): void {
	setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** What a response needs on a socket without a request. */
export interface RefusalDeps {
	/** Headers of every response, as alternating names and values. */
	headers: readonly string[];
	logger: Logger;
}

/** Writes a response to bytes that aren't a valid request, and closes the connection. */
export function refuseSocket({ headers, logger }: RefusalDeps, socket: Duplex, code?: string): void {
	const requestId = newId('req');
	const error = validationError([{ path: 'request', message: messageFor(code) }]);
	const body = JSON.stringify(errorBody(error, requestId));
	const head = [...headers, 'X-Request-Id', requestId, 'Content-Type', 'application/json'];
	head.push('Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close');
	let text = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n`;
	for (let index = 0; index < head.length; index += 2) text += `${head[index]}: ${head[index + 1]}\r\n`;
	socket.end(`${text}\r\n${body}`);
	logger.info('http.refused', { request_id: requestId, status: error.status, code });
	destroyAfterLinger(socket);
}

/** Whether the TLS handshake failed. Then no response can reach the client. */
function isTlsFailure(code: string | undefined): boolean {
	return code !== undefined && /^ERR_(SSL|TLS)_/.test(code);
}

/**
 * Whether a connection timed out without a byte. Browsers open connections in advance. A browser would take the error as the response to
 * its first request, and show the error instead of the page.
 */
function isUnused(code: string | undefined, { bytesRead }: PublicSocket): boolean {
	return code === 'ERR_HTTP_REQUEST_TIMEOUT' && bytesRead === 0;
}

/** Responds to requests that Node's parser or timeouts refused, with the error envelope. */
export function onClientError(deps: RefusalDeps, error: NodeJS.ErrnoException, socket: PublicSocket): void {
	if (
		error.code === 'ECONNRESET' ||
		isTlsFailure(error.code) ||
		isUnused(error.code, socket) ||
		!socket.writable
	) {
		if (!socket.writableEnded) socket.destroy();
		return;
	}
	if (socket.isClosing) return;
	socket.isClosing = true;
	const { exchange } = socket;
	const due = lastDueResponse(socket);
	if (!exchange || due?.writableFinished) {
		refuseSocket(deps, socket, error.code);
	} else if (due) {
		// The invalid bytes follow this request, so its response is sent first.
		due.once('close', () => {
			if (socket.writable) refuseSocket(deps, socket, error.code);
		});
	} else {
		endExchange(exchange, validationError([{ path: 'request', message: messageFor(error.code) }]));
		destroyAfterLinger(socket);
	}
}
