import { isIPv6, SocketAddress } from 'node:net';

const MAPPED_IPV4_PREFIX = '::ffff:';
/** One customer of a provider has at least this much, and may change the rest at will. */
const NETWORK_GROUPS = 4;

/** Eight groups, the zeros that `::` stands for written out. */
function expand(address: string): string[] {
	const [head = '', tail] = address.split('::');
	const before = head === '' ? [] : head.split(':');
	const after = tail ? tail.split(':') : [];
	return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
}

/** The /56 that an IPv6 network is in, which one customer may well have as a whole; undefined for any other network. */
export function siteOf(network: string): string | undefined {
	if (!network.endsWith('::/64')) return undefined;
	const groups = network.slice(0, -'::/64'.length).split(':');
	const last = Number.parseInt(groups.at(-1) ?? '0', 16);
	return `${[...groups.slice(0, -1), (last & 0xff00).toString(16)].join(':')}::/56`;
}

/** Whoever may be counted as one: an IPv4 address, or the /64 that an IPv6 address is in. Other text is taken as it is. */
export function networkOf(address: string): string {
	if (!isIPv6(address)) return address;
	const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
	if (canonical.startsWith(MAPPED_IPV4_PREFIX)) return canonical.slice(MAPPED_IPV4_PREFIX.length);
	return `${expand(canonical).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}
