import { expect, test } from '@jest/globals';
import { networkOf, siteOf } from './address-network.ts';

test.each([
	['192.0.2.7', '192.0.2.7'],
	['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
	['2001:DB8:0001:2::1', '2001:db8:1:2::/64'],
	['2001:db8::1', '2001:db8:0:0::/64'],
	['::1', '0:0:0:0::/64'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['', ''],
	['unknown', 'unknown'],
])('networkOf(%p) is %p', (address, network) => {
	expect(networkOf(address)).toBe(network);
});

test('networkOf is the same for two addresses of one IPv6 /64, and differs for two /64s', () => {
	expect(networkOf('2001:db8:1:2::1')).toBe(networkOf('2001:db8:1:2:ffff::9'));
	expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'));
});

test.each([
	['2001:db8:1:2::/64', '2001:db8:1:0::/56'],
	['2001:db8:1:abcd::/64', '2001:db8:1:ab00::/56'],
	['0:0:0:0::/64', '0:0:0:0::/56'],
	['192.0.2.7', undefined],
	['unknown', undefined],
])('siteOf(%p) is %p', (network, site) => {
	expect(siteOf(network)).toBe(site);
});
