import { describe, expect, test } from '@jest/globals';
import { parseLanguages } from './languages.ts';
import { progressParser } from './ocrmypdf.ts';
import { pageTextCounter } from './page-text.ts';

test('parseLanguages leaves out the heading and what is no language', () => {
	const output = 'List of available languages in "/usr/share/tessdata/" (3):\neng\nosd\nchi_sim\n';
	expect(parseLanguages(output)).toEqual(['eng', 'chi_sim']);
});

describe('progressParser', () => {
	const follow = (lines: readonly string[]) => {
		const parser = progressParser();
		const done = lines.filter((line) => parser.takeLine(line)).length;
		return { done, skipped: parser.skippedPages(), pages: parser.donePages() };
	};

	test('counts a page once it is laid in, and those that were left alone', () => {
		expect(
			follow([
				'Start processing 2 pages concurrently',
				'    1 skipping all processing on this page',
				'    2 Rasterize with png16m, rotation 0',
				'    1 Page rotation: (content, auto) -> page = (0, 0) -> 0',
				'    2 Page rotation: (content, auto) -> page = (0, 0) -> 0',
			]),
		).toEqual({ done: 2, skipped: 1, pages: 2 });
	});

	test('is not misled by text that was recognised', () => {
		expect(follow(['  page 1 Page rotation: x', 'Page rotation:', '12 monkeys'])).toEqual({
			done: 0,
			skipped: 0,
			pages: 0,
		});
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
	])('of %j is %d', (text, pages) => {
		expect(count(text)).toBe(pages);
	});
});
