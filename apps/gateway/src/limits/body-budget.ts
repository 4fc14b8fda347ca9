import { bodyLimitOf, bodyTooLarge } from '@creatorr/contracts/body-limit';
import type { Operation } from '@creatorr/contracts/operation';
import type { Exchange } from '../requests/exchange.ts';
import { bodyBytesOf, hasBody } from '../requests/request-head.ts';
import type { Limits } from './limits.ts';
import { rateLimited } from './rate-limited.ts';

/**
 * Counts a request's body until its answer is over. Throws `too_large` for a length beyond the operation's limit, and
 * `rate_limited` when its client has too much under way.
 */
export type AdmitBody = (exchange: Exchange, operation: Operation) => void;

/**
 * Bounds what one network may have under way in bodies at a time: a service holds each of them whole, and for as long as it
 * may take to arrive. A chunked body counts as the longest that its operation takes.
 */
export function createBodyBudget(limits: Pick<Limits, 'bodyBytesPerNetwork'>): AdmitBody {
	const heldBytes = new Map<string, number>();

	function giveBack(network: string, bytes: number): void {
		const left = (heldBytes.get(network) ?? 0) - bytes;
		if (left > 0) heldBytes.set(network, left);
		else heldBytes.delete(network);
	}

	return ({ req: { headers }, res, clientNetwork: network }, operation) => {
		if (!hasBody(headers)) return;
		const limitBytes = bodyLimitOf(operation);
		const bytes = bodyBytesOf(headers, operation);
		if (bytes > limitBytes) throw bodyTooLarge(limitBytes);
		const held = (heldBytes.get(network) ?? 0) + bytes;
		if (held > limits.bodyBytesPerNetwork) throw rateLimited('bodies', 1);
		heldBytes.set(network, held);
		res.once('close', () => giveBack(network, bytes));
	};
}
