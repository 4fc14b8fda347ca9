import { type BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { addressFamily, parseRanges } from '@creatorr/service/address-ranges';

/** Special-purpose ranges of IANA's registry for IPv4, multicast and reserved addresses, and public addresses of metadata services. */
const SPECIAL_IPV4 = [
	...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
	...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
	...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
	// Azure's host agent, which serves each virtual machine.
	'168.63.129.16/32',
];

/**
 * Public IPv6 addresses are in 2000::/3. Outside of it are loopback, IPv4-mapped, NAT64, unique local, link-local and multicast addresses;
 * within it Teredo and other protocol assignments, documentation and 6to4.
 */
const SPECIAL_IPV6 = [
	...['::/3', '4000::/2', '8000::/1'],
	...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
];

const special = { ipv4: parseRanges(SPECIAL_IPV4), ipv6: parseRanges(SPECIAL_IPV6) };

/** The operator's exceptions. */
export interface AddressPolicy {
	/** Special-purpose networks that may be reached. An IPv4 network includes its IPv4-mapped addresses. */
	allowed: BlockList;
	/** Public networks that may not be reached, such as the product's own. Takes precedence. */
	blocked: BlockList;
}

/** Returns the addresses of this machine. Expensive: a system call for each interface. */
export function findOwnAddresses(): ReadonlySet<string> {
	const interfaces = Object.values(networkInterfaces());
	return new Set(interfaces.flatMap((addresses = []) => addresses.map(({ address }) => address)));
}

/**
 * Returns whether connections to an address are allowed. By default, only public addresses that don't belong to this machine are. Text that is
 * no address isn't allowed.
 */
export function isAllowedAddress(
	address: string,
	{ allowed, blocked }: AddressPolicy,
	ownAddresses = findOwnAddresses(),
): boolean {
	if (isIP(address) === 0) return false;
	const family = addressFamily(address);
	if (blocked.check(address, family)) return false;
	if (allowed.check(address, family)) return true;
	return !special[family].check(address, family) && !ownAddresses.has(address);
}
