import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openLogFile } from './log-file.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'creatorr-log-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('what was logged before is kept', () => {
	const path = join(directory, 'a.log');
	for (const line of ['one\n', 'two\n']) {
		const log = openLogFile(path);
		log.write(line);
		log.close();
	}
	expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

test('past the limit the file moves aside and a new one begins', () => {
	const path = join(directory, 'a.log');
	const log = openLogFile(path, 10);
	for (const line of ['first line\n', 'second line\n', 'third line\n']) log.write(line);
	log.close();
	expect(readFileSync(`${path}.1`, 'utf8')).toBe('second line\n');
	expect(readFileSync(path, 'utf8')).toBe('third line\n');
});

test('what comes after the end is dropped', () => {
	const path = join(directory, 'a.log');
	const log = openLogFile(path);
	log.close();
	log.write('late');
	expect(readFileSync(path, 'utf8')).toBe('');
});
