import { type BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Adds an address or a range such as 10.0.0.0/8. Returns false for other text. */
export function addRange(list: BlockList, text: string): boolean {
	const [address = '', bits, ...more] = text.split('/');
	if (!isIP(address) || more.length > 0) return false;
	const family = isIPv6(address) ? 'ipv6' : 'ipv4';
	const widest = family === 'ipv6' ? 128 : 32;
	if (bits === undefined) {
		list.addAddress(address, family);
		return true;
	}
	if (!/^\d{1,3}$/.test(bits) || Number(bits) > widest) return false;
	list.addSubnet(address, Number(bits), family);
	return true;
}

/** Whether an address is in one of the ranges. Text that is no address is in none. */
export function isInRanges(list: BlockList, address: string): boolean {
	return isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
