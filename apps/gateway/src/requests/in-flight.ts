import type { AppError } from '@creatorr/contracts/errors';
import type { Exchange } from '../exchange.ts';
import { isLongPollOrStream } from '../routing/response-mode.ts';
import { endExchange } from './response.ts';

/** The unfinished exchanges with a session or an API key. */
export interface InFlight {
	/** Registers an exchange for revocations of its credential. */
	add(exchange: Exchange): void;
	remove(exchange: Exchange): void;
	count(): number;
	/** Ends the requests of these credentials that could still act or receive data. */
	endCredentials(ids: readonly string[], error: AppError): void;
	/** Ends the long polls and event streams of these credentials. */
	endLongPollsAndStreams(ids: readonly string[], error: AppError): void;
	/** Ends the requests of all credentials that could still act or receive data. */
	endAll(error: AppError): void;
	endStreams(error: AppError): void;
}

/**
 * Whether a revocation ends this exchange: a long poll or event stream, or a request whose body is still arriving or whose credential is
 * being looked up. Services complete requests that they have received in full, such as the logout itself.
 */
function mustEndOnRevocation(exchange: Exchange): boolean {
	return isLongPollOrStream(exchange.responseMode) || !exchange.forwarded || !exchange.req.complete;
}

export function createInFlight(): InFlight {
	const exchanges = new Set<Exchange>();

	function endWhere(condition: (exchange: Exchange) => boolean, error: AppError): void {
		for (const exchange of [...exchanges].filter(condition)) {
			exchanges.delete(exchange);
			endExchange(exchange, error);
		}
	}

	return {
		add(exchange) {
			// The client disconnected while its token was verified: `close` was emitted already and would not remove the exchange.
			if (!exchange.res.destroyed) exchanges.add(exchange);
		},
		remove: (exchange) => exchanges.delete(exchange),
		count: () => exchanges.size,
		endCredentials(ids, error) {
			const ended = new Set(ids);
			endWhere((one) => mustEndOnRevocation(one) && ended.has(one.credentialId ?? ''), error);
		},
		endLongPollsAndStreams(ids, error) {
			const ended = new Set(ids);
			endWhere(
				({ responseMode, credentialId = '' }) => isLongPollOrStream(responseMode) && ended.has(credentialId),
				error,
			);
		},
		endAll: (error) => endWhere(mustEndOnRevocation, error),
		endStreams: (error) => endWhere(({ responseMode }) => responseMode.kind === 'stream', error),
	};
}
