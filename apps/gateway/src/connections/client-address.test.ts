import { describe, expect, test } from '@jest/globals';
import { configSchema } from '../config.ts';
import { clientAddress } from './client-address.ts';

const trust = (ranges: string) => configSchema.shape.TRUSTED_PROXIES.parse(ranges);

describe('clientAddress', () => {
	test.each([
		['no proxy is trusted', '', '10.0.0.1', '1.2.3.4', '10.0.0.1'],
		['the peer is not trusted', '10.0.0.2', '10.0.0.1', '1.2.3.4', '10.0.0.1'],
		['the peer is trusted', '10.0.0.1', '10.0.0.1', '1.2.3.4', '1.2.3.4'],
		['the peer is in a trusted range', '10.0.0.0/8', '10.9.9.9', '1.2.3.4', '1.2.3.4'],
		['the client forged hops', '10.0.0.0/8', '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
		['all hops are trusted', '10.0.0.0/8', '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
		['a hop is not an address', '10.0.0.0/8', '10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
		['the header is empty', '10.0.0.0/8', '10.0.0.1', '', '10.0.0.1'],
		['there is no header', '10.0.0.0/8', '10.0.0.1', undefined, '10.0.0.1'],
		['the socket is dual-stack', '10.0.0.0/8', '::ffff:10.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
		['the proxy speaks IPv6', 'fd00::/8', 'fd00::1', '2001:db8::1', '2001:db8::1'],
		['the peer has disconnected', '10.0.0.0/8', undefined, '1.2.3.4', ''],
	])('returns the address of the client when %s', (_, ranges, peer, forwardedFor, expected) => {
		expect(clientAddress(peer, forwardedFor, trust(ranges))).toBe(expected);
	});
});
