import { expect, test } from '@jest/globals';
import { createNetworkTotals } from './network-totals.ts';

const networkOf = (index: number, site = 'ab') => `2001:db8:1:${site}0${index}::/64`;

/** Adds 1 to the total of each network that has less than the limit. Returns the number of these networks. */
function addToEach(networks: string[], limit: number): number {
	const totals = createNetworkTotals();
	const admitted = networks.filter((network) => {
		if (totals.wouldExceed(network, 1, limit)) return false;
		totals.add(network, 1);
		return true;
	});
	for (const network of admitted) totals.add(network, -1);
	expect(networks.some((network) => totals.wouldExceed(network, limit, limit))).toBe(false);
	return admitted.length;
}

test('one network gets its limit', () => {
	expect(addToEach(Array(5).fill('192.0.2.1'), 2)).toBe(2);
});

test('the networks of one IPv6 site get four times the limit of one, and no more', () => {
	const networks = Array.from({ length: 10 }, (_, index) => networkOf(index));
	expect(addToEach([...networks, networkOf(0, 'cd')], 1)).toBe(5);
});

test('the networks of one IPv6 /48 get sixteen times the limit of one, and no more', () => {
	const networks = Array.from({ length: 20 }, (_, index) => networkOf(0, (16 + index).toString(16)));
	expect(addToEach([...networks, '2001:db8:2:0::/64'], 1)).toBe(17);
});

test('IPv4 networks share nothing', () => {
	expect(addToEach(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'], 1)).toBe(5);
});
