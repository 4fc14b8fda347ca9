import { expect, test } from '@jest/globals';
import { outputName } from './output-name.ts';

// The same pairs as in the API's own test (packages/tool-kit/src/files/output-name.test.ts).
test.each([
	['report.docx', '.pdf', 'report.pdf'],
	['scan.pdf', '.ocr.pdf', 'scan.ocr.pdf'],
	['archive.tar.gz', '.pdf', 'archive.tar.pdf'],
	['no extension', '.pdf', 'no extension.pdf'],
	['.hidden', '.pdf', '.hidden.pdf'],
	['Dr. Strange and his notes', '.pdf', 'Dr. Strange and his notes.pdf'],
	['你好.docx', '.pdf', '你好.pdf'],
	['😀'.repeat(255), '.ocr.pdf', `${'😀'.repeat(247)}.ocr.pdf`],
])('outputName names the output of %s with %s %s', (name, suffix, expected) => {
	expect(outputName(name, suffix)).toBe(expected);
});
