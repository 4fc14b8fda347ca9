import { describe, expect, test } from '@jest/globals';
import { parsePage } from './ghostscript.ts';
import { imageSettings } from './image-settings.ts';

describe('imageSettings', () => {
	test('are the documented ones at the default quality', () => {
		expect(imageSettings(70)).toEqual({ dpi: 150, bilevelDpi: 300, qFactor: 0.5 });
	});

	test('never get worse as quality rises', () => {
		const all = Array.from({ length: 100 }, (_, index) => imageSettings(index + 1));
		const dpis = all.map(({ dpi }) => dpi);
		const qFactors = all.map(({ qFactor }) => qFactor);
		expect(dpis).toEqual([...dpis].sort((a, b) => a - b));
		expect(qFactors).toEqual([...qFactors].sort((a, b) => b - a));
	});
});

describe('parsePage', () => {
	test('takes the page from Ghostscript’s own line', () => {
		expect(parsePage('Page 12')).toBe(12);
	});

	test.each(['Processing pages 1 through 3.', 'Page 12 of something', ''])('finds none in %j', (line) => {
		expect(parsePage(line)).toBeUndefined();
	});
});
