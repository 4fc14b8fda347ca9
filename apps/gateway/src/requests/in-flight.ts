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
	/** Ends the requests of these changed API keys that could still act or receive data under their previous scopes. */
	endRequestsOfChangedKeys(ids: readonly string[], error: AppError): void;
	/** Ends the requests of all credentials that could still act or receive data. */
	endAll(error: AppError): void;
	endStreams(error: AppError): void;
}

/**
 * Whether a revocation of its credential ends this exchange: a long poll or event stream, or a request that the gateway hasn't forwarded, for
 * example because its body is still arriving. Services complete requests that they have received in full, such as the logout itself.
 */
function isEndedByRevocation(exchange: Exchange): boolean {
	return isLongPollOrStream(exchange.responseMode) || !exchange.forwarded;
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
			endWhere((one) => isEndedByRevocation(one) && ended.has(one.credentialId ?? ''), error);
		},
		endRequestsOfChangedKeys(ids, error) {
			const changed = new Set(ids);
			// A lookup in progress returns the new rights.
			endWhere((one) => isEndedByRevocation(one) && changed.has(one.credential?.credentialId ?? ''), error);
		},
		endAll: (error) => endWhere(isEndedByRevocation, error),
		endStreams: (error) => endWhere(({ responseMode }) => responseMode.kind === 'stream', error),
	};
}
