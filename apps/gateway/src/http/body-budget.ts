import { AppError } from '@creatorr/contracts/errors';
import { networkOf } from '@creatorr/service/address-network';
import { clientAddress, type TrustedProxies } from '../domain/client-address.ts';
import { hasBody, isChunked } from '../domain/request-head.ts';
import type { Limits } from '../limits.ts';
import type { Exchange } from './exchange.ts';

interface Given {
	limits: Pick<Limits, 'bodyBytes' | 'bodyBytesPerAddress'>;
	trustedProxies: TrustedProxies;
}

/** Counts a request's body until its answer is over. Throws `rate_limited` when its client has too much under way. */
export type AdmitBody = (exchange: Exchange) => void;

/**
 * Bounds what one network may have under way in bodies at a time: a service holds each of them whole, and for as long as it
 * may take to arrive. A body that does not tell its length counts as the longest.
 */
export function createBodyBudget({ limits, trustedProxies }: Given): AdmitBody {
	const heldBytes = new Map<string, number>();

	function giveBack(network: string, bytes: number): void {
		const left = (heldBytes.get(network) ?? 0) - bytes;
		if (left > 0) heldBytes.set(network, left);
		else heldBytes.delete(network);
	}

	return ({ req, res }) => {
		const { headers, socket } = req;
		if (!hasBody(headers)) return;
		const bytes = isChunked(headers) ? limits.bodyBytes : Number(headers['content-length']);
		const address = clientAddress(socket.remoteAddress, headers['x-forwarded-for'], trustedProxies);
		const network = networkOf(address);
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
