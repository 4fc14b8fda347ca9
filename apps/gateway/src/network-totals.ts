import { rangesOf } from '@creatorr/service/address-network';

/** Amounts in use by each network, and by the networks of each IPv6 site together. It stores only networks with an amount. */
export interface NetworkTotals {
	/** Adds to the total of a network, or subtracts a negative amount. */
	add(network: string, amount: number): void;
	/**
	 * Whether this amount more would exceed the limit of the network, or that of an IPv6 site that contains it, which is a multiple of it.
	 */
	wouldExceed(network: string, amount: number, limit: number): boolean;
}

/** Returns empty totals. */
export function createNetworkTotals(): NetworkTotals {
	const totals = new Map<string, number>();
	const totalOf = (key: string) => totals.get(key) ?? 0;

	function add(key: string, amount: number): void {
		const total = totalOf(key) + amount;
		if (total > 0) totals.set(key, total);
		else totals.delete(key);
	}

	return {
		add(network, amount) {
			for (const { range } of rangesOf(network)) add(range, amount);
		},
		wouldExceed: (network, amount, limit) =>
			rangesOf(network).some(({ range, factor }) => totalOf(range) + amount > limit * factor),
	};
}
