import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../testing/temporary.ts';
import { openLogFile } from './log-file.ts';

const directory = temporaryDirectory();

test('a log keeps earlier lines, and drops what is written after close', () => {
	const path = join(directory(), 'a.log');
	for (const line of ['one\n', 'two\n']) {
		const log = openLogFile(path);
		log.write(Buffer.from(line));
		log.close();
		log.write(Buffer.from('late'));
	}
	expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

test('a log is moved aside past the limit', () => {
	const path = join(directory(), 'a.log');
	const log = openLogFile(path, 10);
	for (const line of ['first line\n', 'second line\n', 'third line\n']) log.write(Buffer.from(line));
	log.close();
	expect(readFileSync(`${path}.1`, 'utf8')).toBe('second line\n');
	expect(readFileSync(path, 'utf8')).toBe('third line\n');
});
