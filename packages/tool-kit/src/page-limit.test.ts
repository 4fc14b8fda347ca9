import { describe, expect, test } from '@jest/globals';
import { requirePages } from './page-limit.ts';

describe('a file', () => {
	test('may have as many pages as the plan takes', () => {
		expect(() => requirePages(200, { pages: 200 })).not.toThrow();
		expect(() => requirePages(1_000_000, undefined)).not.toThrow();
	});

	test('with more is told so, and what Pro takes where that is more', () => {
		expect(() => requirePages(1_201, { pages: 200, onPro: 5_000 })).toThrow(
			'The file has 1,201 pages; this plan takes up to 200. Split the file, or upgrade to Pro, which takes 5,000.',
		);
		expect(() => requirePages(201, { pages: 200 })).toThrow(/up to 200\. Split the file\.$/);
		expect(() => requirePages(201, { pages: 200 })).toThrow(
			expect.objectContaining({ code: 'limit_exceeded' }),
		);
	});
});
