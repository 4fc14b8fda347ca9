import { describe, expect, test } from '@jest/globals';
import { checkParts } from './check-parts.ts';

const STORED = [
	{ partNumber: 1, sizeBytes: 10, etag: '"aa"' },
	{ partNumber: 2, sizeBytes: 10, etag: '"bb"' },
	{ partNumber: 3, sizeBytes: 4, etag: '"cc"' },
];
const CLAIMED = STORED.map(({ partNumber, etag }) => ({ partNumber, etag }));

describe('checkParts', () => {
	test('finds nothing wrong with what the store has', () => {
		expect(checkParts(CLAIMED, STORED, 24)).toEqual([]);
	});

	test('takes etags without their quotes', () => {
		const bare = CLAIMED.map((part) => ({ ...part, etag: part.etag.slice(1, -1) }));
		expect(checkParts(bare, STORED, 24)).toEqual([]);
	});

	test('names every part that is wrong', () => {
		const claimed = [
			{ partNumber: 1, etag: '"xx"' },
			{ partNumber: 3, etag: '"cc"' },
			{ partNumber: 9, etag: '"dd"' },
		];
		expect(checkParts(claimed, STORED, 24)).toEqual([
			{ partNumber: 1, message: 'part 1 was uploaded with another etag' },
			{ partNumber: 9, message: 'part 9 has not been uploaded' },
		]);
	});

	test('refuses a part given twice', () => {
		const claimed = [...CLAIMED, { partNumber: 3, etag: '"cc"' }];
		expect(checkParts(claimed, STORED, 24)).toEqual([
			{ partNumber: 3, message: 'part 3 is not in ascending order' },
		]);
	});

	test('refuses parts that leave bytes out', () => {
		expect(checkParts(CLAIMED.slice(0, 2), STORED, 24)).toEqual([
			{ message: 'the parts add up to 20 bytes instead of 24' },
		]);
	});
});
