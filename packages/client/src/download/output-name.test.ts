import { withExtension } from '@creatorr/tool-kit/output-name';
import { expect, test } from '@jest/globals';
import { outputName } from './output-name.ts';

const NAMES = [
	...['report.docx', 'archive.tar.gz', 'no extension', '.hidden', 'Dr. Strange and his notes', 'v1. final'],
	...['a.', 'a.b c', 'a.b/c', 'x.fifteen-letters', 'x.sixteen--letters', '你好.docx', 'a\nb.pdf', ''],
	...['😀'.repeat(255), `${'a'.repeat(251)}.pdf`, 'a'.repeat(300)],
];

test.each(NAMES)('names the output of %j as the API does', (name) => {
	expect(outputName(name, '.ocr.pdf')).toBe(withExtension(name, '.ocr.pdf'));
});
