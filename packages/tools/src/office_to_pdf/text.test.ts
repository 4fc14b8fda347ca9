import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CSV, DOCX, TEXT } from '@creatorr/tool-kit/files/media-types';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guessSeparator, importFilter } from './document-kind.ts';
import { detectEncoding, rewriteAsUtf8 } from './text.ts';

let directory: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'text-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(content: Buffer): Promise<string> {
	const path = join(directory, 'text');
	await writeFile(path, content);
	return path;
}

describe('detectEncoding', () => {
	test('detects an encoding from a character far behind the start', async () => {
		const ascii = 'a'.repeat(200_000);
		expect(await detectEncoding(await fileOf(Buffer.from(`${ascii}ü`)))).toBe('utf-8');
		expect(await detectEncoding(await fileOf(Buffer.from(`${ascii}\xfc`, 'latin1')))).toBe('windows-1252');
	});

	test('treats a truncated character as another encoding', async () => {
		expect(await detectEncoding(await fileOf(Buffer.from('ü').subarray(0, 1)))).toBe('windows-1252');
	});

	test('accepts a text of one character', async () => {
		expect(await detectEncoding(await fileOf(Buffer.from('a')))).toBe('utf-8');
	});
});

describe('rewriteAsUtf8', () => {
	test.each([
		['UTF-8', Buffer.from('Grüße, 你好'), 'Grüße, 你好'],
		['UTF-8 with a mark', Buffer.from('\ufeffGrüße, 你好'), 'Grüße, 你好'],
		['little-endian UTF-16', Buffer.from('\ufeffGrüße, 你好', 'utf16le'), 'Grüße, 你好'],
		['big-endian UTF-16', Buffer.from('\ufeffGrüße, 你好', 'utf16le').swap16(), 'Grüße, 你好'],
		['a western code page', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße'],
	])('decodes %s', async (name, content, text) => {
		const target = join(directory, name);
		expect(await rewriteAsUtf8(await fileOf(content), target)).toBe(text);
		expect(await readFile(target, 'utf8')).toBe(text);
	});

	test('writes the whole text without a byte order mark, and resolves to its start', async () => {
		const text = 'ü'.repeat(300_000);
		const target = join(directory, 'utf8');
		const start = await rewriteAsUtf8(await fileOf(Buffer.from(`\ufeff${text}`, 'utf16le')), target);
		expect(await readFile(target, 'utf8')).toBe(text);
		expect(text.startsWith(start)).toBe(true);
		expect(start.length).toBeLessThan(text.length);
	});
});

describe('guessSeparator', () => {
	test.each([
		['a,b\n1,2', ','],
		['a;b\n1,5;2,5;3', ';'],
		['a\tb\n1\t2', '\t'],
		['a|b|c', '|'],
		['"a;b;c;d",e', ','],
		['"he said ""a;b;c""",2', ','],
		['one column', ','],
		['', ','],
	])('returns for %j %j', (text, separator) => {
		expect(guessSeparator(text)).toBe(separator);
	});
});

describe('importFilter', () => {
	test('encodes separator, quote and charset by their numbers', () => {
		expect(importFilter(CSV, ';')).toBe('Text - txt - csv (StarCalc):59,34,76,1');
	});

	test('forces text to be imported as text', () => {
		expect(importFilter(TEXT, '')).toBe('Text (encoded):UTF8');
	});

	test('returns undefined for binary formats', () => {
		expect(importFilter(DOCX, '')).toBeUndefined();
	});
});
