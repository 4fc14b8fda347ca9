import { AppError } from '@creatorr/contracts/errors';
import { hasBody, isChunked } from '../domain/request-head.ts';
import type { Limits } from '../limits.ts';
import type { Exchange } from './exchange.ts';

/** Counts a request's body until its answer is over. Throws `rate_limited` when its client has too much under way. */
export type AdmitBody = (exchange: Exchange) => void;

/**
 * Bounds what one network may have under way in bodies at a time: a service holds each of them whole, and for as long as it
 * may take to arrive. A body that does not tell its length counts as the longest.
 */
export function createBodyBudget(limits: Pick<Limits, 'bodyBytes' | 'bodyBytesPerAddress'>): AdmitBody {
	const heldBytes = new Map<string, number>();

	function giveBack(network: string, bytes: number): void {
		const left = (heldBytes.get(network) ?? 0) - bytes;
		if (left > 0) heldBytes.set(network, left);
		else heldBytes.delete(network);
	}

	return ({ req: { headers }, res, clientNetwork: network }) => {
		if (!hasBody(headers)) return;
		const bytes = isChunked(headers) ? limits.bodyBytes : Number(headers['content-length']);
		const held = (heldBytes.get(network) ?? 0) + bytes;
		if (held > limits.bodyBytesPerAddress) {
			throw new AppError('rate_limited', 'too much is under way from this address; try again in a moment', {
				retryAfterSeconds: 1,
			});
		}
		heldBytes.set(network, held);
		res.once('close', () => giveBack(network, bytes));
	};
}
