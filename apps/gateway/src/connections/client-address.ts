import { type BlockList, isIP, isIPv4 } from 'node:net';

export interface TrustedProxies {
	isEmpty: boolean;
	list: BlockList;
}

const MAPPED_IPV4 = '::ffff:';

/** A dual-stack socket names IPv4 peers as ::ffff:1.2.3.4. */
function plainAddress(address: string): string {
	const unmapped = address.startsWith(MAPPED_IPV4) ? address.slice(MAPPED_IPV4.length) : address;
	return isIPv4(unmapped) ? unmapped : address;
}

/** Whether the address is that of a trusted proxy. */
export function isTrusted(address: string, trusted: TrustedProxies): boolean {
	if (trusted.isEmpty || !isIP(address)) return false;
	const plain = plainAddress(address);
	return trusted.list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
}

/**
 * Returns the client's address: the peer, or, if the peer is a trusted proxy, the rightmost address in X-Forwarded-For that is not
 * trusted. Anyone can forge the addresses left of it.
 */
export function clientAddress(
	peer: string | undefined,
	forwardedFor: string | string[] | undefined,
	trusted: TrustedProxies,
): string {
	let client = plainAddress(peer ?? '');
	if (trusted.isEmpty || forwardedFor === undefined) return client;
	const hops = String(forwardedFor)
		.split(',')
		.map((hop) => plainAddress(hop.trim()));
	while (isTrusted(client, trusted)) {
		const hop = hops.pop();
		if (hop === undefined || !isIP(hop)) break;
		client = hop;
	}
	return client;
}
