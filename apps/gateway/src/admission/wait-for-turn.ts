import type { Exchange } from '../exchange.ts';
import { type GatewayLimit, rateLimited } from '../requests/rate-limited.ts';
import type { Owner, RoundRobinQueue } from './round-robin-queue.ts';

interface Wait {
	owner: Owner;
	/** Longest wait, in milliseconds. */
	waitMs: number;
	/** The limit that a refused request has exceeded. */
	limit: GatewayLimit;
}

/**
 * Resolves when a request has its turn in a queue, or its client has disconnected. Rejects with `rate_limited` after `waitMs`. A request that
 * leaves is removed from the queue. The turn lasts until `hold` settles, which runs when it begins.
 */
export function waitForTurn(
	queue: RoundRobinQueue,
	{ res }: Pick<Exchange, 'res'>,
	{ owner, waitMs, limit }: Wait,
	hold: () => Promise<void>,
): Promise<void> {
	const turn = Promise.withResolvers<void>();
	const leaving = new AbortController();
	const leave = () => leaving.abort();
	const timer = setTimeout(leave, waitMs).unref();
	res.once('close', leave);
	async function begin(): Promise<void> {
		clearTimeout(timer);
		turn.resolve();
		await hold();
	}
	queue(owner, begin, leaving.signal).catch(() => {
		clearTimeout(timer);
		if (res.closed) turn.resolve();
		else turn.reject(rateLimited(limit, 1));
	});
	return turn.promise;
}
