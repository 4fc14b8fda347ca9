import { DOCX, HTML, PNG } from '@creatorr/tool-kit/files/media-types';
import { plainPng } from '@creatorr/tools/testing/builders/images';
import { docx, docxEntries } from '@creatorr/tools/testing/builders/ooxml';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { zipOf } from '@creatorr/tools/testing/builders/zip';
import type { Family } from '../hostile-case.ts';
import { casesFor, forOcr, forOffice, forPdfTools, SHOWS_MARK } from './case-tables.ts';

const SCRIPT = '<html><script>location="http://example.com/"</script><p>Harmless</p></html>';
const joined = (...parts: (Buffer | string)[]) =>
	Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));
const archive = () => zipOf([{ name: 'a.txt', content: 'text' }]);

/** Files of two types at once: their first bytes decide. */
export const polyglots: Family = {
	name: 'polyglots',
	cases: () => [...pdfs(), ...documents(), ...pictures()],
};

const pdfs = () => [
	...forPdfTools(SHOWS_MARK, {
		'a PDF with an archive behind it': () => joined(onePage({}), archive()),
		'a PDF with a docx behind it': () => joined(onePage({}), docx()),
		'a PDF with HTML behind it': () => joined(onePage({}), SCRIPT),
		'a PDF with HTML before it': () => joined(SCRIPT, '\n', onePage({})),
		'a PDF with HTML in its first comment': { prefix: `<!-- ${SCRIPT}\n` },
		'a PDF with a script before it': () => joined('#!/bin/sh\nexit 0\n', onePage({})),
		'a PDF whose header comes at byte 1,000': () => joined(' '.repeat(1000), onePage({})),
		'a GIF that is a PDF too': () => joined('GIF89a\x01\0\x01\0\0\0\0', onePage({})),
	}),
	...forPdfTools('unsupported_input', {
		'a PDF whose header comes at byte 2,000': () => joined('\0'.repeat(2000), onePage({})),
		'an archive before a PDF': () => joined(archive(), onePage({})),
		'PostScript before a PDF': () => joined('%!PS\n(a) run\n', onePage({})),
	}),
];

const ODT_TYPE = { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text' };
const documents = () => [
	...forOffice(DOCX, SHOWS_MARK, {
		'a docx with HTML behind it': () => joined(docx(), SCRIPT),
		'a docx with a PDF in it': () => docx({ extra: [{ name: 'a.pdf', content: onePage({}), stored: true }] }),
		'a docx that is an odt too': () => zipOf([...docxEntries(), ODT_TYPE]),
	}),
	...forOffice(DOCX, 'corrupt_input', {
		'a docx with a PDF behind it': () => joined(docx(), onePage({})),
		'a docx with two main parts': () => zipOf([...docxEntries(), ...docxEntries().slice(2, 3)]),
	}),
	...forOffice(DOCX, 'unsupported_input', {
		'a docx with a PDF before it': () => joined(onePage({}), docx()),
	}),
	...forOffice(DOCX, 'succeeded', {
		'an HTML page that is a script': () => Buffer.from(`/*${SCRIPT}*/=1;`),
	}),
	...casesFor('office_to_pdf', { fileName: 'a.docx', mimeType: HTML }, SHOWS_MARK, {
		'HTML that declares itself a docx': () => Buffer.from(SCRIPT),
	}),
];

const picture = () => plainPng(100, 100, [255, 255, 255]);
const pictures = () => [
	...forOcr(PNG, 'unsupported_input', {
		'a GIF that is a script': () => joined('GIF89a/*\x01\0\x01\0*/=1;alert(1)'),
	}),
	...forOcr(PNG, 'succeeded', {
		'a picture with a PDF behind it': () => joined(picture(), onePage({})),
		'a picture with an archive behind it': () => joined(picture(), docx()),
		'a picture with HTML behind it': () => joined(picture(), SCRIPT),
	}),
];
