import { expect, test } from '@jest/globals';
import { networkOf, rangesOf, siteOf } from './address-network.ts';

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
	['2001:db8:1:ab00::/56', '2001:db8:1::/48'],
	['2001:db8:1::/48', undefined],
	['192.0.2.7', undefined],
	['unknown', undefined],
])('siteOf(%p) is %p', (network, site) => {
	expect(siteOf(network)).toBe(site);
});

test('rangesOf is an IPv6 network with its /56 and /48, which have more of each limit', () => {
	expect(rangesOf('2001:db8:1:abcd::/64')).toEqual([
		{ range: '2001:db8:1:abcd::/64', factor: 1 },
		{ range: '2001:db8:1:ab00::/56', factor: 4 },
		{ range: '2001:db8:1::/48', factor: 16 },
	]);
	expect(rangesOf('192.0.2.7')).toEqual([{ range: '192.0.2.7', factor: 1 }]);
});
