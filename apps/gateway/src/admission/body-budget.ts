import { bodyLimitOf, bodyTooLarge } from '@creatorr/contracts/body-limit';
import type { Operation } from '@creatorr/contracts/operation';
import type { Exchange } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { createNetworkTotals } from '../network-totals.ts';
import { rateLimited } from '../requests/rate-limited.ts';
import { bodyBytesOf, hasBody } from '../requests/request-head.ts';

/**
 * Counts a request's body until its response is done. Throws `too_large` for a length beyond the operation's limit, and
 * `rate_limited` if its network has too many bytes in flight.
 */
export type AdmitBody = (exchange: Exchange, operation: Operation) => void;

/**
 * Limits the bytes of request bodies that one network has in flight, because a service keeps each body in memory until it is complete. An
 * IPv6 site gets more. A chunked body counts as the limit of its operation.
 */
export function createBodyBudget(limits: Pick<Limits, 'maxBodyBytesPerNetwork'>): AdmitBody {
	const bytesInFlight = createNetworkTotals();

	return ({ req: { headers }, res, clientNetwork: network }, operation) => {
		if (!hasBody(headers)) return;
		const limitBytes = bodyLimitOf(operation);
		const bytes = bodyBytesOf(headers, operation);
		if (bytes > limitBytes) throw bodyTooLarge(limitBytes);
		if (bytesInFlight.wouldExceed(network, bytes, limits.maxBodyBytesPerNetwork))
			throw rateLimited('bodies', 1);
		bytesInFlight.add(network, bytes);
		res.once('close', () => bytesInFlight.add(network, -bytes));
	};
}
