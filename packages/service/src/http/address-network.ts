import { isIPv6, SocketAddress } from 'node:net';

const MAPPED_IPV4_PREFIX = '::ffff:';
/** Groups of a /64: a provider's customer has at least this much, and may change the other bits. */
const NETWORK_GROUPS = 4;

/** Expands an IPv6 address to eight groups. */
function expand(address: string): string[] {
	const [head = '', tail] = address.split('::');
	const before = head === '' ? [] : head.split(':');
	const after = tail ? tail.split(':') : [];
	return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
}

/**
 * Returns the site that contains an IPv6 network or site: the /56 of a /64, or the /48 of a /56. One customer of a provider may have either.
 * Returns undefined for others.
 */
export function siteOf(range: string): string | undefined {
	const [prefix = '', bits] = range.split('::/');
	const [last = '0', ...groups] = prefix.split(':').reverse();
	const wider = groups.reverse().join(':');
	if (bits === '64') return `${wider}:${(Number.parseInt(last, 16) & 0xff00).toString(16)}::/56`;
	return bits === '56' ? `${wider}::/48` : undefined;
}

/** How many times the limit of a network its ranges have: the network itself, and for IPv6 its /56 and its /48. */
export const RANGE_FACTORS = [1, 4, 16] as const;

/** Addresses that share a limit, and how many times the limit of one network they have. */
export interface LimitedRange {
	range: string;
	factor: number;
}

/**
 * Returns a network and the sites that contain it, the smallest first. Whatever limits a network limits each of these, because one customer
 * with a /48 has 65,536 networks.
 */
export function rangesOf(network: string): LimitedRange[] {
	const ranges: LimitedRange[] = [];
	let range: string | undefined = network;
	for (const factor of RANGE_FACTORS) {
		if (range === undefined) break;
		ranges.push({ range, factor });
		range = siteOf(range);
	}
	return ranges;
}

/** Returns the network of an address for limits and logs: the IPv4 address, or the /64 of an IPv6 address. Other text is unchanged. */
export function networkOf(address: string): string {
	if (!isIPv6(address)) return address;
	const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
	if (canonical.startsWith(MAPPED_IPV4_PREFIX)) return canonical.slice(MAPPED_IPV4_PREFIX.length);
	return `${expand(canonical).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
