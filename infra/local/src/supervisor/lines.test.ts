import { expect, test } from '@jest/globals';
import { createLineSplitter } from './lines.ts';

function linesOf(chunks: (string | Buffer)[]): string[] {
	const lines: string[] = [];
	const split = createLineSplitter((line) => lines.push(line));
	for (const chunk of chunks) split(Buffer.from(chunk));
	return lines;
}

test('a line that comes in pieces is handed over whole', () => {
	expect(linesOf(['one ', 'line\nand', ' another\n'])).toEqual(['one line', 'and another']);
});

test('a character that is cut by a chunk is not broken', () => {
	const euro = Buffer.from('€\n');
	expect(linesOf([euro.subarray(0, 1), euro.subarray(1)])).toEqual(['€']);
});

test('empty lines are left out', () => {
	expect(linesOf(['\n\r\na\r\n'])).toEqual(['a']);
});

test('a line without an end is handed over in pieces before it fills the memory', () => {
	const lines = linesOf(Array.from({ length: 5 }, () => 'x'.repeat(40_000)));
	expect(lines.map((line) => line.length)).toEqual([80_000, 80_000]);
});
