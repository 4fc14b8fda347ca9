import { describe, expect, test } from '@jest/globals';
import {
	choosePartSize,
	MAX_PART_SIZE_BYTES,
	MAX_PARTS,
	MIN_PART_SIZE_BYTES,
	planParts,
} from './plan-parts.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const plan = (sizeBytes: number) => planParts(sizeBytes, choosePartSize(sizeBytes));

describe('the parts of an upload', () => {
	test('are one for exactly the minimum part size', () => {
		expect(plan(5 * MIB)).toEqual([{ partNumber: 1, sizeBytes: 5 * MIB }]);
	});

	test('end with a part of one byte if one byte remains', () => {
		expect(plan(5 * MIB + 1)).toEqual([
			{ partNumber: 1, sizeBytes: 5 * MIB },
			{ partNumber: 2, sizeBytes: 1 },
		]);
	});

	test('are one short part for less than the minimum part size', () => {
		expect(plan(1)).toEqual([{ partNumber: 1, sizeBytes: 1 }]);
	});

	test('are about a hundred for the maximum upload of the product', () => {
		expect(choosePartSize(10 * GIB)).toBe(103 * MIB);
		expect(plan(10 * GIB)).toHaveLength(100);
	});

	test.each([
		5 * MIB,
		100 * MIB,
		500 * MIB,
		500 * MIB + 1,
		5_000_000_001,
		10 * GIB - 1,
		10 * GIB,
		5 * 1024 * GIB,
	])('cover %d bytes with equal parts within the limits of every store', (sizeBytes) => {
		const [partSizeBytes, parts] = [choosePartSize(sizeBytes), plan(sizeBytes)];
		expect(parts.reduce((sum, part) => sum + part.sizeBytes, 0)).toBe(sizeBytes);
		expect(parts.slice(0, -1).every((part) => part.sizeBytes === partSizeBytes)).toBe(true);
		expect(parts.map((part) => part.partNumber)).toEqual(parts.map((_, index) => index + 1));
		expect(partSizeBytes).toBeGreaterThanOrEqual(MIN_PART_SIZE_BYTES);
		expect(partSizeBytes).toBeLessThanOrEqual(MAX_PART_SIZE_BYTES);
		expect(parts.length).toBeLessThanOrEqual(MAX_PARTS);
	});

	test('have the maximum part size if a hundred parts are too few', () => {
		expect(choosePartSize(101 * MAX_PART_SIZE_BYTES)).toBe(MAX_PART_SIZE_BYTES);
	});

	test('are at most 10,000, and one byte more is refused', () => {
		expect(plan(MAX_PARTS * MAX_PART_SIZE_BYTES)).toHaveLength(MAX_PARTS);
		expect(() => choosePartSize(MAX_PARTS * MAX_PART_SIZE_BYTES + 1)).toThrow(RangeError);
	});

	test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('are refused for %d bytes', (sizeBytes) => {
		expect(() => choosePartSize(sizeBytes)).toThrow(RangeError);
	});

	test('have no empty last part', () => {
		expect(planParts(20, 10).map((part) => part.sizeBytes)).toEqual([10, 10]);
		expect(planParts(25, 10).map((part) => part.sizeBytes)).toEqual([10, 10, 5]);
	});
});
