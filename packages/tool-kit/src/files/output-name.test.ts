import { describe, expect, test } from '@jest/globals';
import { extensionOf, withExtension } from './output-name.ts';

describe('withExtension', () => {
	test.each([
		['report.docx', '.pdf', 'report.pdf'],
		['scan.pdf', '.ocr.pdf', 'scan.ocr.pdf'],
		['archive.tar.gz', '.pdf', 'archive.tar.pdf'],
		['no extension', '.pdf', 'no extension.pdf'],
		['.hidden', '.pdf', '.hidden.pdf'],
		['Dr. Strange and his notes', '.pdf', 'Dr. Strange and his notes.pdf'],
		['你好.docx', '.pdf', '你好.pdf'],
	])('turns %s with %s into %s', (name, extension, expected) => {
		expect(withExtension(name, extension)).toBe(expected);
	});

	test('keeps a long name within 255 characters and its extension whole', () => {
		const name = withExtension('😀'.repeat(255), '.ocr.pdf');
		expect([...name]).toHaveLength(255);
		expect(name.endsWith('😀.ocr.pdf')).toBe(true);
	});
});

test('extensionOf returns the extension in lower case, or an empty string', () => {
	expect([extensionOf('a.DOCX'), extensionOf('a'), extensionOf('.a')]).toEqual(['docx', '', '']);
});
