import { describe, expect, test } from '@jest/globals';
import { chooseUpload } from './choose-upload.ts';

const LIMIT = 5_000_000_000;
const MIB = 1024 ** 2;
const choose = (sizeBytes: number, wantsParts = false) => chooseUpload({ sizeBytes, wantsParts }, LIMIT);

describe('the way of an upload', () => {
	test('is a single PUT up to the limit', () => {
		expect([choose(1), choose(LIMIT)]).toEqual(['single', 'single']);
	});

	test('is in parts above the limit', () => {
		expect(choose(LIMIT + 1)).toBe('parts');
	});

	test('is in parts when asked for, from 5 MiB on', () => {
		expect(choose(5 * MIB, true)).toBe('parts');
		expect(() => choose(5 * MIB - 1, true)).toThrow(expect.objectContaining({ code: 'validation' }));
	});

	test('is none above 10 GiB', () => {
		expect(choose(10 * 1024 ** 3)).toBe('parts');
		expect(() => choose(10 * 1024 ** 3 + 1)).toThrow(expect.objectContaining({ code: 'too_large' }));
	});
});
