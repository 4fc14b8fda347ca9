import { describe, expect, test } from '@jest/globals';
import { checkPageLimit } from './input-limits.ts';

describe('checkPageLimit', () => {
	test('accepts as many pages as the plan allows', () => {
		expect(() => checkPageLimit(200, { pages: 200 })).not.toThrow();
		expect(() => checkPageLimit(1_000_000, undefined)).not.toThrow();
	});

	test('throws for more pages, with the limit of Pro where that is higher', () => {
		expect(() => checkPageLimit(1_201, { pages: 200, onPro: 5_000 })).toThrow(
			'The file has 1,201 pages. The limit of your plan is 200. Split the file, or upgrade to Pro (up to 5,000 pages).',
		);
		expect(() => checkPageLimit(201, { pages: 200 })).toThrow(
			/limit of your plan is 200\. Split the file\.$/,
		);
		expect(() => checkPageLimit(201, { pages: 200 })).toThrow(
			expect.objectContaining({ code: 'limit_exceeded' }),
		);
	});
});
