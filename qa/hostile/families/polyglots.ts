import { DOCX, HTML, PDF, PNG } from '@creatorr/tool-kit/files/media-types';
import { plainPng } from '@creatorr/tools/testing/builders/images';
import { docx, docxEntries } from '@creatorr/tools/testing/builders/ooxml';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { zipOf } from '@creatorr/tools/testing/builders/zip';
import { type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const pdf = { fileName: 'a.pdf', mimeType: PDF } as const;
const word = { fileName: 'a.docx', mimeType: DOCX } as const;
const SCRIPT = '<html><script>location="http://example.com/"</script><p>Harmless</p></html>';
const joined = (...parts: (Buffer | string)[]) =>
	Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));

/** Files that are two things at once: what they begin with counts. */
export const polyglots: Family = {
	name: 'polyglots',
	cases: () => [...pdfs(), ...archives(), ...pictures()],
};

function pdfs(): HostileCase[] {
	const archive = () => zipOf([{ name: 'a.txt', content: 'text' }]);
	const of = (name: string, make: () => Buffer, isPdf = true): HostileCase[] =>
		(['compress_heavy', 'ocr'] as const).map((tool) => ({
			...{ name: `${name}, for ${tool}`, tool, ...pdf, make },
			expected: isPdf ? succeeds(/Harmless/) : fails('unsupported_input'),
		}));
	return [
		...of('a PDF with an archive behind it', () => joined(onePage({}), archive())),
		...of('a PDF with a docx behind it', () => joined(onePage({}), docx())),
		...of('a PDF with HTML behind it', () => joined(onePage({}), SCRIPT)),
		...of('a PDF with HTML before it', () => joined(SCRIPT, '\n', onePage({}))),
		...of('a PDF with HTML in its first comment', () => onePage({ prefix: `<!-- ${SCRIPT}\n` })),
		...of('a PDF with a script before it', () => joined('#!/bin/sh\nexit 0\n', onePage({}))),
		...of('a PDF whose header comes at byte 1,000', () => joined(' '.repeat(1000), onePage({}))),
		...of('a PDF whose header comes at byte 2,000', () => joined('\0'.repeat(2000), onePage({})), false),
		...of('a GIF that is a PDF too', () => joined('GIF89a\x01\0\x01\0\0\0\0', onePage({}))),
		...of('an archive before a PDF', () => joined(archive(), onePage({})), false),
		...of('PostScript before a PDF', () => joined('%!PS\n(a) run\n', onePage({})), false),
	];
}

function archives(): HostileCase[] {
	const of = (name: string, make: () => Buffer, expected = succeeds(/Harmless/)): HostileCase => ({
		...{ name, tool: 'office_to_pdf', ...word, make, expected },
	});
	return [
		of('a docx with a PDF behind it', () => joined(docx(), onePage({})), fails('corrupt_input')),
		of('a docx with a PDF before it', () => joined(onePage({}), docx()), fails('unsupported_input')),
		of('a docx with HTML behind it', () => joined(docx(), SCRIPT)),
		of('a docx with a PDF in it', () =>
			docx({ extra: [{ name: 'a.pdf', content: onePage({}), stored: true }] }),
		),
		of('a docx that is an odt too', () =>
			zipOf([...docxEntries(), { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text' }]),
		),
		of('an HTML page that is a script', () => Buffer.from(`/*${SCRIPT}*/=1;`), succeeds()),
		of(
			'a docx with two main parts',
			() => zipOf([...docxEntries(), ...docxEntries().slice(2, 3)]),
			fails('corrupt_input'),
		),
		{
			...{
				name: 'HTML that declares itself a docx',
				tool: 'office_to_pdf',
				fileName: 'a.docx',
				mimeType: HTML,
			},
			...{ make: () => Buffer.from(SCRIPT), expected: succeeds(/Harmless/) },
		},
	];
}

function pictures(): HostileCase[] {
	const of = (name: string, make: () => Buffer, expected = succeeds()): HostileCase => ({
		...{ name, tool: 'ocr', fileName: 'a.png', mimeType: PNG, make, expected },
	});
	const picture = () => plainPng(100, 100, [255, 255, 255]);
	return [
		of(
			'a GIF that is a script',
			() => joined('GIF89a/*\x01\0\x01\0*/=1;alert(1)'),
			fails('unsupported_input'),
		),
		of('a picture with a PDF behind it', () => joined(picture(), onePage({}))),
		of('a picture with an archive behind it', () => joined(picture(), docx())),
		of('a picture with HTML behind it', () => joined(picture(), SCRIPT)),
	];
}
