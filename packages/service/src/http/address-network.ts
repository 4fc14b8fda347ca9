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

/** Returns the /56 of an IPv6 network, which one customer may have, or undefined for other networks. */
export function siteOf(network: string): string | undefined {
	if (!network.endsWith('::/64')) return undefined;
	const groups = network.slice(0, -'::/64'.length).split(':');
	const last = Number.parseInt(groups.at(-1) ?? '0', 16);
	return `${[...groups.slice(0, -1), (last & 0xff00).toString(16)].join(':')}::/56`;
}

/** Returns the network of an address for limits and logs: the IPv4 address, or the /64 of an IPv6 address. Other text is unchanged. */
export function networkOf(address: string): string {
	if (!isIPv6(address)) return address;
	const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
	if (canonical.startsWith(MAPPED_IPV4_PREFIX)) return canonical.slice(MAPPED_IPV4_PREFIX.length);
	return `${expand(canonical).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
