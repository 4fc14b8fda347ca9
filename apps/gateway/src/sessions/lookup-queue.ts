import { siteOf } from '@creatorr/service/address-network';

/** Runs a lookup when the queue reaches it, and settles as it does. */
export type EnqueueLookup = <T>(network: string, lookUp: () => T | Promise<T>) => Promise<T>;

/**
 * Creates a fair queue for lookups that unauthenticated clients can cause. At most `concurrency` run at a time, so that auth also answers the
 * calls that users depend on, however many networks send unknown keys. Networks that wait take turns, an IPv6 site as one.
 */
export function createLookupQueue(concurrency: number): EnqueueLookup {
	/** By address range: an IPv6 /56 or a single IPv4 address. In the order of their turns. */
	const waiting = new Map<string, (() => void)[]>();
	let running = 0;

	function startNext(): void {
		const [next] = waiting;
		if (!next) {
			running -= 1;
			return;
		}
		const [range, [start, ...others]] = next;
		// Moves the range to the end.
		waiting.delete(range);
		if (others.length > 0) waiting.set(range, others);
		start?.();
	}

	async function waitForTurn(network: string): Promise<void> {
		if (running < concurrency) {
			running += 1;
			return;
		}
		const range = siteOf(network) ?? network;
		const turn = Promise.withResolvers<void>();
		const others = waiting.get(range);
		if (others) others.push(turn.resolve);
		else waiting.set(range, [turn.resolve]);
		await turn.promise;
	}

	return async (network, lookUp) => {
		await waitForTurn(network);
		try {
			return await lookUp();
		} finally {
			startNext();
		}
	};
}
