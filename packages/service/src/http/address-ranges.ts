import { BlockList, isIP, isIPv6 } from 'node:net';

/** Returns the family of an address as Node's BlockList names it. */
export function addressFamily(address: string): 'ipv4' | 'ipv6' {
	return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** Parses addresses and CIDR ranges such as 10.0.0.0/8. Throws an Error that names one that is neither. */
export function parseRanges(ranges: readonly string[]): BlockList {
	const list = new BlockList();
	for (const range of ranges) {
		const [address = '', bits, ...more] = range.split('/');
		const family = addressFamily(address);
		const widest = family === 'ipv6' ? 128 : 32;
		const prefix = bits === undefined ? widest : Number(/^\d{1,3}$/.exec(bits)?.[0]);
		if (!isIP(address) || !(prefix <= widest) || more.length > 0)
			throw new Error(`${range} is not an address or a CIDR range`);
		list.addSubnet(address, prefix, family);
	}
	return list;
}

/** Returns whether an address is in one of the ranges. Text that is no address is in none. */
export function isInRanges(ranges: BlockList, address: string): boolean {
	return isIP(address) !== 0 && ranges.check(address, addressFamily(address));
}
