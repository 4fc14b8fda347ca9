import type { AppError } from '@creatorr/contracts/errors';
import { errorBody } from '@creatorr/service/error-rendering';
import type { Exchange } from './exchange.ts';
import { isChunked } from './request-head.ts';

/**
 * How long a connection stays open after a refusal while its client still sends. Closing it sooner would reset it, and the client would
 * lose the answer that it has not read yet.
 */
export const LINGER_MS = 3_000;
/**
 * Between two reads of what such a client sends, each of 64 KiB at most, 3 MiB a second. It slows the client down by its TCP window; at
 * full speed a few would take a whole core.
 */
const DROP_PAUSE_MS = 20;
/** Connections of one network that linger at a time. Beyond it they are closed with the answer: their clients may see a reset instead. */
const MAX_LINGERING = 16;

/** How many linger, by network, in this process. */
const lingeringOf = new Map<string, number>();
/** The rest of a refused body up to this length is read at once, and its connection kept for the next request. */
const SHORT_BODY_BYTES = 64 * 1024;

/** True for a body of unknown or great length, and for one whose client waits for a 100. */
function mayHaveLongBody({ req }: Exchange): boolean {
	if (req.complete) return false;
	if (isChunked(req.headers) || req.headers.expect !== undefined) return true;
	return Number(req.headers['content-length'] ?? 0) > SHORT_BODY_BYTES;
}

/** Reads and drops the rest of a refused body, up to {@link LINGER_MS}, then closes the connection. Its answer is written already. */
function endAfterLinger({ req, res, clientNetwork }: Exchange): void {
	const lingering = lingeringOf.get(clientNetwork) ?? 0;
	if (lingering >= MAX_LINGERING) {
		res.end(() => req.socket.destroy());
		return;
	}
	lingeringOf.set(clientNetwork, lingering + 1);
	res.once('close', () => {
		const left = (lingeringOf.get(clientNetwork) ?? 1) - 1;
		if (left > 0) lingeringOf.set(clientNetwork, left);
		else lingeringOf.delete(clientNetwork);
	});
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

/** Makes the answer the last of its connection: nothing else is read from it. */
export function endConnection({ req, res }: Exchange): void {
	res.shouldKeepAlive = false;
	req.socket.isOver = true;
}

/** Writes the head of the answer, with the headers that every answer has. No other answer can follow. */
export function beginAnswer(
	exchange: Exchange,
	by: 'gateway' | 'service',
	status: number,
	headers: readonly string[],
	common = exchange.headers,
): void {
	exchange.answeredBy = by;
	if (exchange.isDraining()) exchange.res.shouldKeepAlive = false;
	exchange.res.writeHead(status, [...common, ...headers]);
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
	beginAnswer(exchange, 'gateway', status, headers, common);
	if (!lingers) {
		res.end(body);
		return;
	}
	res.flushHeaders();
	res.write(body);
	endAfterLinger(exchange);
}

/** Answers with JSON text. */
export function answerJson(
	exchange: Exchange,
	status: number,
	json: string | Buffer,
	headers: readonly string[] = [],
): void {
	const length = String(Buffer.byteLength(json));
	send(exchange, status, ['Content-Type', 'application/json', 'Content-Length', length, ...headers], json);
}

/** Answers with bytes; `headers` take the place of those that every answer has under the same names. */
export function answerBytes(
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

/** Answers 204. */
export function answerEmpty(exchange: Exchange, headers: readonly string[]): void {
	send(exchange, 204, headers, '');
}

/** Answers with the error. An answer of the service that has begun is cut instead, as nothing else can be said then. */
export function answerError(exchange: Exchange, error: AppError): void {
	// Its client left meanwhile: there will be no other 'close' to clean up after an answer.
	if (exchange.res.closed) return;
	if (exchange.answeredBy === 'service') exchange.res.destroy();
	if (exchange.answeredBy !== undefined) return;
	const json = JSON.stringify(errorBody(error, exchange.requestId));
	answerJson(exchange, error.status, json, Object.entries(error.headers).flat());
}

/** Ends an exchange from outside, whatever it is doing: an error where there is no answer yet, a cut where there is one. */
export function endExchange(exchange: Exchange, error: AppError): void {
	answerError(exchange, error);
	exchange.upstream?.destroy();
}

/**
 * Returns the messages of an error's causes in one line. Errors that an outage causes at every request are logged with it instead
 * of their stacks.
 */
export function reasonOf(error: Error): string {
	const messages: string[] = [];
	for (let at = error.cause; at instanceof Error; at = at.cause) messages.push(at.message);
	return messages.join(': ');
}
