import type { IncomingMessage } from 'node:http';
import { AppError, unavailable } from '@creatorr/contracts/errors';
import { IDENTITY_REFUSED_HEADER } from '@creatorr/contracts/identity';
import type { ServiceName } from '@creatorr/contracts/operation';
import { hasBody } from '../domain/request-head.ts';
import type { Exchange } from './exchange.ts';

/**
 * True when a service closed this connection while the request was on its way down it, and the request can be sent again
 * without anything happening twice.
 */
export function isWorthARetry(exchange: Exchange, error: Error): boolean {
	const { req, res, upstream } = exchange;
	const wasCut = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
	if (!wasCut || !upstream?.reusedSocket) return false;
	if (exchange.answeredBy || exchange.retried || res.destroyed) return false;
	return req.method === 'GET' && !hasBody(req.headers);
}

/** What to say in place of an error that is not one of the contract or not meant for the user, such as one from the service's HTTP parser. */
export function replacementFor(service: ServiceName, answer: IncomingMessage): AppError | undefined {
	const status = answer.statusCode ?? 0;
	if (answer.headers[IDENTITY_REFUSED_HEADER]) {
		// The gateway was refused, not the user, whose token is valid.
		return unavailable(service, new Error('it refused the identity of this gateway'));
	}
	if (status < 400 || answer.headers['content-type']?.startsWith('application/json')) return undefined;
	const cause = new Error(`${service} answered ${status} without an error of the contract`);
	if (status > 500) return unavailable(service, cause, { slow: status === 504 });
	return new AppError('internal', 'something went wrong on our side', { cause });
}
