import type { AppError } from '@creatorr/contracts/errors';
import { endExchange } from './answer.ts';
import type { Exchange } from './exchange.ts';

/** The exchanges of signed-in users that are not finished. */
export interface InFlight {
	/** From here until it is removed, a revocation of its session reaches it. */
	add(exchange: Exchange): void;
	remove(exchange: Exchange): void;
	count(): number;
	/** Ends what could still act for, or tell something to, one of these sessions. */
	endSessions(sessionIds: readonly string[], error: AppError): void;
	/** The same for all sessions. */
	endAll(error: AppError): void;
	endStreams(error: AppError): void;
}

/**
 * Held answers, requests whose body is still coming, and those that wait for their session to be looked up. What a service
 * has in full already, it answers: the logout itself is among these.
 */
function isOpenEnded(exchange: Exchange): boolean {
	return exchange.hold?.held !== undefined || !exchange.forwarded || !exchange.req.complete;
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
			// Its client left while the token was verified: nobody would remove it.
			if (!exchange.res.destroyed) exchanges.add(exchange);
		},
		remove: (exchange) => exchanges.delete(exchange),
		count: () => exchanges.size,
		endSessions(sessionIds, error) {
			const ended = new Set(sessionIds);
			endWhere((one) => isOpenEnded(one) && ended.has(one.session?.sessionId ?? ''), error);
		},
		endAll: (error) => endWhere(isOpenEnded, error),
		endStreams: (error) => endWhere(({ hold }) => hold?.held === 'stream', error),
	};
}
