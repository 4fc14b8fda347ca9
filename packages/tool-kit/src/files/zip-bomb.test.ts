import { expect, test } from '@jest/globals';
import { requireBoundedEntries, requireNoZipBomb } from './zip-bomb.ts';

const MIB = 1024 * 1024;
const TOO_MUCH = expect.objectContaining({ code: 'limit_exceeded' });

/** Entries that follow each other. */
function parts(...sizes: [packedBytes: number, unpackedBytes: number][]) {
	let offset = 0;
	return sizes.map(([packedBytes, unpackedBytes]) => {
		const part = { offset, packedBytes, unpackedBytes };
		offset += 30 + packedBytes;
		return part;
	});
}

test.each([
	['an entry that is compressed a thousandfold', parts([100_000, 100 * MIB])],
	['more than 1 GiB together', parts([400 * MIB, 600 * MIB], [400 * MIB, 600 * MIB])],
	['entries that share bytes', [...parts([1000, 1000]), ...parts([1000, 1000])]],
	['an entry within another', [{ offset: 10, packedBytes: 5, unpackedBytes: 5 }, ...parts([1000, 1000])]],
])('requireNoZipBomb throws for a document with %s', (_, listed) => {
	expect(() => requireNoZipBomb(listed)).toThrow(TOO_MUCH);
});

test.each([
	['a large sheet', parts([10 * MIB, 300 * MIB], [1000, 5000])],
	['a small blank picture', parts([30_000, 30 * MIB])],
	['pictures that do not compress', parts([400 * MIB, 400 * MIB], [90 * MIB, 90 * MIB])],
	['no entries', []],
])('requireNoZipBomb accepts a document with %s', (_, listed) => {
	expect(() => requireNoZipBomb(listed)).not.toThrow();
});

test('requireBoundedEntries throws for 20,001 entries and accepts 5,000', () => {
	expect(() => requireBoundedEntries(20_001)).toThrow(TOO_MUCH);
	expect(() => requireBoundedEntries(5000)).not.toThrow();
});
