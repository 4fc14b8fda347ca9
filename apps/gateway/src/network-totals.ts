import { siteOf } from '@creatorr/service/address-network';

/** An IPv6 site (/56) may take this many times the amount of one network. Its 256 networks (/64) may belong to one customer or to many. */
export const SITE_FACTOR = 4;

/** Amounts in use by each network, and by the networks of each IPv6 site together. It stores only networks with an amount. */
export interface NetworkTotals {
	/** Adds to the total of a network, or subtracts a negative amount. */
	add(network: string, amount: number): void;
	/** Whether the network would exceed the limit with this amount more, or its site four times the limit. */
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
			add(network, amount);
			const site = siteOf(network);
			if (site) add(site, amount);
		},
		wouldExceed(network, amount, limit) {
			if (totalOf(network) + amount > limit) return true;
			const site = siteOf(network);
			return site !== undefined && totalOf(site) + amount > limit * SITE_FACTOR;
		},
	};
}
