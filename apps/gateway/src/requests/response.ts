import type { AppError } from '@creatorr/contracts/errors';
import { errorBody } from '@creatorr/service/error-rendering';
import type { Exchange } from '../exchange.ts';
import { createNetworkTotals } from '../network-totals.ts';
import { isChunked } from './request-head.ts';

/**
 * How long a connection stays open after a refusal while its client still sends. Closing it sooner would reset it, and the client would
 * lose the response that it has not read.
 */
export const LINGER_MS = 3_000;
/**
 * Delay between two reads of at most 64 KiB from such a client, 3 MiB a second. It slows the client down through TCP flow control; at
 * full speed a few clients would take a whole core.
 */
const DROP_PAUSE_MS = 20;
/**
 * Maximum number of lingering connections of one network. Others are closed with the response, so that their clients may see a reset
 * instead.
 */
const MAX_LINGERING = 16;

/** Lingering connections in this process. */
const lingering = createNetworkTotals();
/** A refused body up to this length is read at once, and its connection kept for the next request. */
const SHORT_BODY_BYTES = 64 * 1024;

/** Whether the body is long or of unknown length, or its client waits for 100 Continue. */
function mayHaveLongBody({ req }: Exchange): boolean {
	if (req.complete) return false;
	if (isChunked(req.headers) || req.headers.expect !== undefined) return true;
	return Number(req.headers['content-length'] ?? 0) > SHORT_BODY_BYTES;
}

/** Reads and drops the rest of a refused body for up to {@link LINGER_MS}, then closes the connection. The response is written already. */
function endAfterLinger({ req, res, clientNetwork }: Exchange): void {
	if (lingering.wouldExceed(clientNetwork, 1, MAX_LINGERING)) {
		res.end(() => req.socket.destroy());
		return;
	}
	lingering.add(clientNetwork, 1);
	res.once('close', () => lingering.add(clientNetwork, -1));
	req.unpipe();
	req.on('data', () => {
		req.pause();
		setTimeout(() => req.resume(), DROP_PAUSE_MS).unref();
	});
	req.resume();
	const end = () => {
		clearTimeout(timer);
		res.end();
	};
	const timer = setTimeout(end, LINGER_MS);
	req.once('end', end);
	res.once('close', end);
}

/** Makes the response the last of its connection. */
export function closeAfterResponse({ req, res }: Exchange): void {
	res.shouldKeepAlive = false;
	req.socket.isClosing = true;
}

/** Writes the head of the response with the common headers. No other response can follow. */
export function writeResponseHead(
	exchange: Exchange,
	by: 'gateway' | 'service',
	status: number,
	headers: readonly string[],
	common = exchange.headers,
): void {
	exchange.respondedBy = by;
	if (exchange.isDraining()) exchange.res.shouldKeepAlive = false;
	const rateLimits = exchange.settleRateLimits?.({ by, status, headers }) ?? [];
	exchange.res.writeHead(status, [...common, ...headers, ...rateLimits]);
	exchange.onHead?.();
}

/**
 * Closes the response if its client doesn't read it in time, because until then the connection is in use and the rest of the response is in
 * the memory of this process or the service.
 */
export function closeIfReadSlowly(
	exchange: Pick<Exchange, 'res' | 'slowReaderMs' | 'slowReaderTimer'>,
): void {
	const { res, slowReaderMs } = exchange;
	if (res.closed) return;
	exchange.slowReaderTimer ??= setTimeout(() => res.destroy(), slowReaderMs);
}

function send(
	exchange: Exchange,
	status: number,
	headers: readonly string[],
	body: string | Buffer,
	common = exchange.headers,
): void {
	const { res } = exchange;
	const lingers = mayHaveLongBody(exchange);
	if (lingers) res.shouldKeepAlive = false;
	writeResponseHead(exchange, 'gateway', status, headers, common);
	if (lingers) {
		res.flushHeaders();
		res.write(body);
		endAfterLinger(exchange);
	} else res.end(body);
	// Mostly the kernel has taken the whole response by now.
	if (res.writableLength > 0) closeIfReadSlowly(exchange);
}

/** Sends a JSON response. */
export function sendJson(
	exchange: Exchange,
	status: number,
	json: string | Buffer,
	headers: readonly string[] = [],
): void {
	const length = String(Buffer.byteLength(json));
	send(exchange, status, ['Content-Type', 'application/json', 'Content-Length', length, ...headers], json);
}

/** Sends bytes. `headers` override common headers of the same name. */
export function sendBytes(
	exchange: Exchange,
	status: number,
	headers: readonly string[],
	body: Buffer,
): void {
	const isName = (index: number) => index % 2 === 0;
	const replaced = new Set(headers.filter((_, index) => isName(index)));
	const isKept = (index: number) => !replaced.has(exchange.headers[isName(index) ? index : index - 1] ?? '');
	send(
		exchange,
		status,
		headers,
		body,
		exchange.headers.filter((_, index) => isKept(index)),
	);
}

/** Sends 204. */
export function sendNoContent(exchange: Exchange, headers: readonly string[]): void {
	send(exchange, 204, headers, '');
}

/** Sends the error. A response that the service has begun is cut instead, because a second response can't follow. */
export function sendError(exchange: Exchange, error: AppError): void {
	// The client has disconnected: 'close' was emitted already.
	if (exchange.res.closed) return;
	if (exchange.respondedBy === 'service') exchange.res.destroy();
	if (exchange.respondedBy !== undefined) return;
	const json = JSON.stringify(errorBody(error, exchange.requestId));
	sendJson(exchange, error.status, json, Object.entries(error.headers).flat());
}

/** Ends an exchange in any state: with an error if there is no response yet, otherwise by cutting its response. */
export function endExchange(exchange: Exchange, error: AppError): void {
	sendError(exchange, error);
	exchange.upstream?.destroy();
}

/**
 * Returns the messages of an error's causes in one line, or its own message if it has no cause. An outage causes the same error for every
 * request, so the log gets this line instead of a stack.
 */
export function reasonOf(error: Error): string {
	const messages: string[] = [];
	for (let { cause } = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
	return messages.join(': ') || error.message;
}
