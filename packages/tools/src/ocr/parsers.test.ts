import { pageRangesSchema, requirePageNumbers } from '@creatorr/tool-kit/params/page-ranges';
import { describe, expect, test } from '@jest/globals';
import { parseLanguages } from './languages.ts';
import { pageTextCounter } from './page-text.ts';

test('parseLanguages skips the heading and lines that are no languages', () => {
	const output = 'List of available languages in "/usr/share/tessdata/" (3):\neng\nosd\nchi_sim\n';
	expect(parseLanguages(output)).toEqual(['eng', 'chi_sim']);
});

describe('page ranges', () => {
	test.each(['1', '1-3', '1-3,5', '5,1-2', '7-7', ' 1 - 3, 5 '])('accept %s', (text) => {
		expect(pageRangesSchema.safeParse(text).success).toBe(true);
	});

	test.each(['', '0', '3-1', '1-', '-2', '1,,2', 'all', '1 3', '1-3-5'])('refuse %j', (text) => {
		expect(pageRangesSchema.safeParse(text).success).toBe(false);
	});

	test('lose their spaces', () => {
		expect(pageRangesSchema.parse(' 1 - 3, 5 ')).toBe('1-3,5');
	});

	test('must be in the file', () => {
		expect(() => requirePageNumbers('pages', '1-3,5', 5)).not.toThrow();
		expect(() => requirePageNumbers('pages', null, 1)).not.toThrow();
		expect(() => requirePageNumbers('pages', '1-3,5', 4)).toThrow(
			/no page 5\. Set params\.pages to pages from 1 to 4/,
		);
	});
});

describe('pageTextCounter', () => {
	const count = (text: string) => {
		const counter = pageTextCounter();
		for (const line of text.split('\n')) if (line) counter.takeLine(line);
		return counter.pagesWithText();
	};

	test.each([
		['one page\n\f', 1],
		['one\n\ftwo\n\f', 2],
		['one\n\f\f', 1],
		['\f  \n\fthree\n\f', 1],
		['\f', 0],
		['', 0],
	])('counts for %j %d pages', (text, pages) => {
		expect(count(text)).toBe(pages);
	});
});
