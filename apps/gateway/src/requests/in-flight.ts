import type { AppError } from '@creatorr/contracts/errors';
import { isHeldOpen } from '../routing/response-mode.ts';
import { endExchange } from './answer.ts';
import type { Exchange } from './exchange.ts';

/** The exchanges of signed-in users that are not finished. */
export interface InFlight {
	/** From here until it is removed, a revocation of its session reaches it. */
	add(exchange: Exchange): void;
	remove(exchange: Exchange): void;
	count(): number;
	/** Ends the requests of these sessions that could still act or receive data. */
	endSessions(sessionIds: readonly string[], error: AppError): void;
	/** The same for all sessions. */
	endAll(error: AppError): void;
	endStreams(error: AppError): void;
}

/**
 * True for waits and event streams, requests whose body is still arriving, and those whose session is being looked up. A service
 * answers requests that it has received in full, such as the logout itself.
 */
function isOpenEnded(exchange: Exchange): boolean {
	return isHeldOpen(exchange.responseMode) || !exchange.forwarded || !exchange.req.complete;
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
			// Its client left while the token was verified: `close` has been emitted already, and would not remove it.
			if (!exchange.res.destroyed) exchanges.add(exchange);
		},
		remove: (exchange) => exchanges.delete(exchange),
		count: () => exchanges.size,
		endSessions(sessionIds, error) {
			const ended = new Set(sessionIds);
			endWhere((one) => isOpenEnded(one) && ended.has(one.session?.sessionId ?? ''), error);
		},
		endAll: (error) => endWhere(isOpenEnded, error),
		endStreams: (error) => endWhere(({ responseMode }) => responseMode.kind === 'stream', error),
	};
}
