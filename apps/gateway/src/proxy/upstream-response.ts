import type { IncomingMessage } from 'node:http';
import { AppError, unavailable } from '@creatorr/contracts/errors';
import { IDENTITY_REFUSED_HEADER } from '@creatorr/contracts/identity';
import type { ServiceName } from '@creatorr/contracts/operation';
import type { Exchange } from '../exchange.ts';
import { hasBody } from '../requests/request-head.ts';
import { closeIfReadSlowly } from '../requests/response.ts';

/**
 * Whether a service closed this connection while the request was being sent, and the request can be sent again without side effects.
 */
export function isRetryable(exchange: Exchange, error: Error): boolean {
	const { req, res, upstream } = exchange;
	const wasCut = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
	if (!wasCut || !upstream?.reusedSocket) return false;
	if (exchange.respondedBy || exchange.retried || res.destroyed) return false;
	return req.method === 'GET' && !hasBody(req.headers);
}

/**
 * Returns the error that replaces a response that isn't in the contract's format, such as one of the service's HTTP parser, or that isn't
 * meant for the user. Returns undefined for other responses.
 */
export function errorForInvalidResponse(
	service: ServiceName,
	response: IncomingMessage,
): AppError | undefined {
	const status = response.statusCode ?? 0;
	if (response.headers[IDENTITY_REFUSED_HEADER]) {
		// The service refused the gateway, not the user, whose token is valid.
		return unavailable(`The ${service} service`, new Error('it refused the identity of this gateway'));
	}
	if (status < 400 || response.headers['content-type']?.startsWith('application/json')) return undefined;
	const cause = new Error(`${service} answered ${status} without an error of the contract`);
	if (status > 500) return unavailable(`The ${service} service`, cause, { slow: status === 504 });
	return new AppError('internal', 'Something went wrong on our side. Try again.', { cause });
}

/** A response up to this size is in memory anyway when it is read. */
const SHORT_RESPONSE_BYTES = 64 * 1024;

/**
 * Sends the body of a response to the client. A short one is written as it arrives, because a pipe costs a twentieth of a whole request,
 * and as a latin1 string, because Node then sends head and body in one write. Others are piped, so that the service waits for a slow
 * client. Clients have `slowReaderMs` to read a response, and no limit for an event stream.
 */
export function relay(
	response: IncomingMessage,
	exchange: Pick<Exchange, 'res' | 'responseMode' | 'slowReaderMs' | 'slowReaderTimer'>,
): void {
	const { res, responseMode } = exchange;
	const lengthBytes = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
	if (lengthBytes === 0 || lengthBytes > SHORT_RESPONSE_BYTES) {
		response.pipe(res);
		if (responseMode.kind !== 'stream') closeIfReadSlowly(exchange);
		return;
	}
	let leftBytes = lengthBytes;
	response.on('data', (chunk: Buffer) => {
		leftBytes -= chunk.length;
		const bytes = chunk.toString('latin1');
		if (leftBytes > 0) {
			res.write(bytes, 'latin1');
			return;
		}
		res.end(bytes, 'latin1');
		if (res.writableLength > 0) closeIfReadSlowly(exchange);
	});
}
