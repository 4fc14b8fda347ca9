import { bodyLimitOf, bodyTooLarge } from '@creatorr/contracts/body-limit';
import type { AppError } from '@creatorr/contracts/errors';
import type { Operation } from '@creatorr/contracts/operation';
import { validationError } from '@creatorr/contracts/validation';
import type { Exchange } from '../exchange.ts';
import { hasBody } from './request-head.ts';
import { endConnection } from './response.ts';

/** A body within this limit fits into the stream's buffer of 64 KiB, which is not read until the whole body has arrived. */
const MAX_AWAITED_BYTES = 8 * 1024;

/** Whether {@link bodyArrival} can wait for a body of at most this many bytes. */
export function isBodySmall(bytes: number): boolean {
	return bytes <= MAX_AWAITED_BYTES;
}

/**
 * Resolves when the whole body of a request has arrived, or its client has disconnected. The body stays in the request's stream. Rejects
 * with `validation` after `timeoutMs` and with `too_large` beyond the operation's limit; the refusal ends the connection.
 */
export function bodyArrival(exchange: Exchange, operation: Operation, timeoutMs: number): Promise<void> {
	const { req, res } = exchange;
	if (!hasBody(req.headers) || req.complete || res.closed) return Promise.resolve();
	const limitBytes = bodyLimitOf(operation);
	const push = req.push.bind(req);
	return new Promise((resolve, reject) => {
		let countBytes = 0;
		const timer = setTimeout(() => refuse(notInTime()), timeoutMs);
		function end(): void {
			clearTimeout(timer);
			res.removeListener('close', end);
			req.push = push;
			resolve();
		}
		function refuse(error: AppError): void {
			endConnection(exchange);
			reject(error);
			end();
		}
		// A paused stream emits no event when its body is complete.
		req.push = (chunk: Buffer | null, encoding) => {
			const wantsMore = push(chunk, encoding);
			countBytes += chunk?.length ?? 0;
			if (chunk === null) end();
			else if (countBytes > limitBytes) refuse(bodyTooLarge(limitBytes));
			return wantsMore;
		};
		res.once('close', end);
		if (req.headers.expect === undefined) return;
		res.writeContinue();
		// Keeps Node from sending 100 Continue again.
		req.headers.expect = undefined;
	});
}

function notInTime(): AppError {
	return validationError([{ path: 'request', message: 'timed out before it was complete' }]);
}
