import { describe, expect, test } from '@jest/globals';
import { MAX_PART_SIZE_BYTES, MAX_PARTS, MIN_PART_SIZE_BYTES, planParts } from './plan-parts.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

describe('planParts', () => {
	test('makes one part of exactly the smallest part size', () => {
		expect(planParts(5 * MIB).parts).toEqual([{ partNumber: 1, sizeBytes: 5 * MIB }]);
	});

	test('puts one byte more into a last part of one byte', () => {
		expect(planParts(5 * MIB + 1).parts).toEqual([
			{ partNumber: 1, sizeBytes: 5 * MIB },
			{ partNumber: 2, sizeBytes: 1 },
		]);
	});

	test('makes one short part of less than the smallest part size, which is the last part', () => {
		expect(planParts(1).parts).toEqual([{ partNumber: 1, sizeBytes: 1 }]);
	});

	test('cuts the largest upload of the product into about a hundred parts', () => {
		const plan = planParts(10 * GIB);
		expect(plan.partSizeBytes).toBe(103 * MIB);
		expect(plan.parts).toHaveLength(100);
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
	])('covers %d bytes with equal parts within the limits of every store', (sizeBytes) => {
		const { partSizeBytes, parts } = planParts(sizeBytes);
		expect(parts.reduce((sum, part) => sum + part.sizeBytes, 0)).toBe(sizeBytes);
		expect(parts.slice(0, -1).every((part) => part.sizeBytes === partSizeBytes)).toBe(true);
		expect(parts.map((part) => part.partNumber)).toEqual(parts.map((_, index) => index + 1));
		expect(partSizeBytes).toBeGreaterThanOrEqual(MIN_PART_SIZE_BYTES);
		expect(partSizeBytes).toBeLessThanOrEqual(MAX_PART_SIZE_BYTES);
		expect(parts.length).toBeLessThanOrEqual(MAX_PARTS);
	});

	test('keeps to the largest part size when a hundred parts are too few', () => {
		expect(planParts(101 * MAX_PART_SIZE_BYTES).partSizeBytes).toBe(MAX_PART_SIZE_BYTES);
	});

	test('fills the last of 10,000 parts and refuses one byte more', () => {
		expect(planParts(MAX_PARTS * MAX_PART_SIZE_BYTES).parts).toHaveLength(MAX_PARTS);
		expect(() => planParts(MAX_PARTS * MAX_PART_SIZE_BYTES + 1)).toThrow(RangeError);
	});

	test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d bytes', (sizeBytes) => {
		expect(() => planParts(sizeBytes)).toThrow(RangeError);
	});
});
