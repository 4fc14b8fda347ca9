import { describe, expect, test } from '@jest/globals';
import { cutIntoParts } from './parts.ts';

describe('cutting into parts', () => {
	test('gives the last part what remains', () => {
		expect(cutIntoParts(25, 10)).toEqual([
			{ partNumber: 1, sizeBytes: 10 },
			{ partNumber: 2, sizeBytes: 10 },
			{ partNumber: 3, sizeBytes: 5 },
		]);
	});

	test('makes no empty last part', () => {
		expect(cutIntoParts(20, 10).map((part) => part.sizeBytes)).toEqual([10, 10]);
	});

	test('makes one part of what is smaller than a part', () => {
		expect(cutIntoParts(1, 10)).toEqual([{ partNumber: 1, sizeBytes: 1 }]);
	});
});
