import { describe, expect, test } from '@jest/globals';
import { createLineSplitter } from './line-splitter.ts';

describe('createLineSplitter', () => {
	const euro = Buffer.from('€\n');
	test.each([
		['joins the pieces of a line', ['one ', 'line\nand', ' another\n'], ['one line', 'and another']],
		['keeps a character that two chunks share', [euro.subarray(0, 1), euro.subarray(1)], ['€']],
		['keeps line separators of Unicode in a line', ['a\u2028b\u2029c\n'], ['a\u2028b\u2029c']],
		['leaves out empty lines', ['\n\r\na\r\n'], ['a']],
		[
			'passes a line without an end in pieces',
			Array.from({ length: 5 }, () => 'x'.repeat(40_000)),
			['x'.repeat(80_000), 'x'.repeat(80_000)],
		],
	])('%s', (_, chunks, expected) => {
		const lines: string[] = [];
		const split = createLineSplitter((line) => lines.push(line));
		for (const chunk of chunks) split(Buffer.from(chunk));
		expect(lines).toEqual(expected);
	});
});
