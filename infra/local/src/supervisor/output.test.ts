import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../testing/temporary.ts';
import { createLineSplitter, openLogFile } from './output.ts';

describe('createLineSplitter', () => {
	const euro = Buffer.from('€\n');
	test.each([
		['joins the pieces of a line', ['one ', 'line\nand', ' another\n'], ['one line', 'and another']],
		['keeps a character that two chunks share', [euro.subarray(0, 1), euro.subarray(1)], ['€']],
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

describe('openLogFile', () => {
	const directory = temporaryDirectory();

	test('keeps earlier lines, and drops what is written after close', () => {
		const path = join(directory(), 'a.log');
		for (const line of ['one\n', 'two\n']) {
			const log = openLogFile(path);
			log.write(line);
			log.close();
			log.write('late');
		}
		expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
	});

	test('moves the file aside past the limit', () => {
		const path = join(directory(), 'a.log');
		const log = openLogFile(path, 10);
		for (const line of ['first line\n', 'second line\n', 'third line\n']) log.write(line);
		log.close();
		expect(readFileSync(`${path}.1`, 'utf8')).toBe('second line\n');
		expect(readFileSync(path, 'utf8')).toBe('third line\n');
	});
});
