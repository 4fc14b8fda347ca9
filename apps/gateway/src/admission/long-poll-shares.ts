import { createNetworkTotals } from '../network-totals.ts';

/**
 * How many long polls one network may have for each one that is still free. A lone network gets a fifth of all; the more networks there
 * are, the less each gets. A lone IPv6 /56 gets half, a /48 four fifths.
 */
const SHARE_OF_FREE = 1 / 4;

/** The long polls and event streams of all users at this gateway, divided among their networks. */
export interface LongPollShares {
	/** Whether the network has used up its share. */
	isUsedUp(network: string): boolean;
	/** Counts a new long poll of a network. Returns the function to call when it ends. */
	add(network: string): () => void;
}

/**
 * Creates shares of `max` long polls. A few networks never take all, however many accounts they have: the more they take, the smaller each
 * share becomes.
 */
export function createLongPollShares(max: number): LongPollShares {
	const open = createNetworkTotals();
	let free = max;
	return {
		isUsedUp: (network) => open.wouldExceed(network, 1, Math.ceil(free * SHARE_OF_FREE)),
		add(network) {
			open.add(network, 1);
			free -= 1;
			return () => {
				open.add(network, -1);
				free += 1;
			};
		},
	};
}
