import { expect, test } from '@jest/globals';
import { requireFewEntries, requireNoBomb } from './zip-bomb.ts';

const MIB = 1024 * 1024;
const TOO_MUCH = expect.objectContaining({ code: 'limit_exceeded' });

/** Parts that lie one behind the other. */
function parts(...sizes: [packedBytes: number, unpackedBytes: number][]) {
	let offset = 0;
	return sizes.map(([packedBytes, unpackedBytes]) => {
		const part = { offset, packedBytes, unpackedBytes };
		offset += 30 + packedBytes;
		return part;
	});
}

test.each([
	['a part that is packed a thousandfold', parts([100_000, 100 * MIB])],
	['more than 1 GiB together', parts([400 * MIB, 600 * MIB], [400 * MIB, 600 * MIB])],
	['parts that share bytes', [...parts([1000, 1000]), ...parts([1000, 1000])]],
	['a part within another', [{ offset: 10, packedBytes: 5, unpackedBytes: 5 }, ...parts([1000, 1000])]],
])('a document with %s is a bomb', (_, listed) => {
	expect(() => requireNoBomb(listed)).toThrow(TOO_MUCH);
});

test.each([
	['a large sheet', parts([10 * MIB, 300 * MIB], [1000, 5000])],
	['a small empty picture', parts([30_000, 30 * MIB])],
	['pictures that do not pack', parts([400 * MIB, 400 * MIB], [90 * MIB, 90 * MIB])],
	['no parts', []],
])('a document with %s is none', (_, listed) => {
	expect(() => requireNoBomb(listed)).not.toThrow();
});

test('a flood of parts is too much, and thousands are not', () => {
	expect(() => requireFewEntries(20_001)).toThrow(TOO_MUCH);
	expect(() => requireFewEntries(5000)).not.toThrow();
});
