import { bodyLimitOf, bodyTooLarge } from '@creatorr/contracts/body-limit';
import type { AppError } from '@creatorr/contracts/errors';
import type { Operation } from '@creatorr/contracts/operation';
import { validationError } from '@creatorr/contracts/validation';
import type { Exchange } from '../exchange.ts';
import { hasBody } from './request-head.ts';
import { closeAfterResponse } from './response.ts';

/**
 * Resolves when the whole body of a request has arrived, or its client has disconnected. The body stays in the request's stream, even if it
 * exceeds the stream's buffer. Rejects with `validation` after `timeoutMs` and with `too_large` beyond the operation's limit; the refusal
 * ends the connection.
 */
export function bodyArrival(exchange: Exchange, operation: Operation, timeoutMs: number): Promise<void> {
	const { req, res } = exchange;
	if (!hasBody(req.headers) || req.complete || res.closed) return Promise.resolve();
	const limitBytes = bodyLimitOf(operation);
	const push = req.push.bind(req);
	return new Promise((resolve, reject) => {
		let receivedBytes = 0;
		const timer = setTimeout(() => refuse(notInTime()), timeoutMs);
		function end(): void {
			clearTimeout(timer);
			res.removeListener('close', end);
			req.push = push;
			resolve();
		}
		function refuse(error: AppError): void {
			closeAfterResponse(exchange);
			reject(error);
			end();
		}
		function count(bytes: number): void {
			receivedBytes += bytes;
			if (receivedBytes > limitBytes) refuse(bodyTooLarge(limitBytes));
		}
		// A paused stream emits no event when its body is complete.
		req.push = (chunk: Buffer | null, encoding) => {
			push(chunk, encoding);
			if (chunk === null) end();
			else count(chunk.length);
			// With false, Node would stop reading the connection when the buffer is full.
			return true;
		};
		res.once('close', end);
		// Has arrived while the credential was looked up. If it has filled the buffer, Node has stopped reading.
		count(req.readableLength);
		if (receivedBytes >= req.readableHighWaterMark) req.socket.resume();
		if (req.headers.expect === undefined) return;
		res.writeContinue();
		// Keeps Node from sending 100 Continue again.
		req.headers.expect = undefined;
	});
}

function notInTime(): AppError {
	return validationError([{ path: 'request', message: 'timed out before it was complete' }]);
}
