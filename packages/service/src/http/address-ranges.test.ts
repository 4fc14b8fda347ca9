import { expect, test } from '@jest/globals';
import { isInRanges, parseRanges } from './address-ranges.ts';

test.each([
	['10.1.2.3', true],
	['11.0.0.1', false],
	['192.0.2.7', true],
	['192.0.2.8', false],
	['2001:db8::1', true],
	['2001:db9::1', false],
	['::ffff:10.1.2.3', true],
	['', false],
	['unknown', false],
])('whether %p is in the ranges is %p', (address, isIn) => {
	const ranges = parseRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
	expect(isInRanges(ranges, address)).toBe(isIn);
});

test.each(['10.0.0.0/33', 'a', '10.0.0.0/8/8', '::/129', '10.0.0.0/', ''])(
	'parseRanges refuses %p',
	(range) => {
		expect(() => parseRanges([range])).toThrow('not an address or a CIDR range');
	},
);
