import { gzipSync } from 'node:zlib';
import { DOCX, HTML, PDF, PNG } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { plainPng, tiff, webpHead } from '@creatorr/tools/testing/builders/images';
import { docx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { MARK, onePage } from '@creatorr/tools/testing/builders/pdf';
import { zipOf } from '@creatorr/tools/testing/builders/zip';
import { type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Things that are no document, by what they are. */
const STRANGERS: Readonly<Record<string, () => Buffer>> = {
	'a program for Linux': () => Buffer.concat([latin1('\x7fELF\x02\x01\x01'), Buffer.alloc(500)]),
	'a program for Windows': () => Buffer.concat([latin1('MZ\x90\0'), Buffer.alloc(500)]),
	'a Java class': () => Buffer.concat([Buffer.from('cafebabe00000034', 'hex'), Buffer.alloc(200)]),
	WebAssembly: () => Buffer.concat([latin1('\0asm\x01\0\0\0'), Buffer.alloc(100)]),
	'a gzip file': () => gzipSync(onePage({})),
	'a 7z archive': () => Buffer.concat([latin1("7z\xbc\xaf'\x1c\0\x04"), Buffer.alloc(100)]),
	'a RAR archive': () => Buffer.concat([latin1('Rar!\x1a\x07\0'), Buffer.alloc(100)]),
	'a GIF': () => Buffer.concat([latin1('GIF89a\x01\0\x01\0\0\0\0'), Buffer.alloc(50)]),
	'a film': () => Buffer.concat([latin1('\0\0\0\x18ftypmp42'), Buffer.alloc(200)]),
	'a database': () => Buffer.concat([latin1('SQLite format 3\0'), Buffer.alloc(500)]),
	'an archive of nothing known': () => zipOf([{ name: 'a.txt', content: 'text' }]),
	'an OLE file of nothing known': () => oleFile({ Anything: Buffer.alloc(5000) }),
	zeros: () => Buffer.alloc(2000),
	'one zero': () => Buffer.alloc(1),
	noise: () => Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919 + (at >> 3)) & 0xff)),
};

const BEHIND_COMMENT = 'PostScript behind a comment and before a PDF’s header';

/** PostScript, however it begins. */
const POSTSCRIPTS: Readonly<Record<string, (program: string) => Buffer>> = {
	PostScript: (program) => latin1(`%!PS-Adobe-3.0\n${program}`),
	'PostScript of a printer driver': (program) => latin1(`\x04%!PS\n${program}`),
	'PostScript in a printer’s job': (program) => latin1(`\x1b%-12345X@PJL\r\n%!PS\n${program}`),
	'PostScript with a preview': (program) =>
		Buffer.concat([Buffer.from('c5d0d3c61e000000', 'hex'), latin1(`${'\0'.repeat(22)}%!PS\n${program}`)]),
	'PostScript with a PDF’s header behind': (program) => latin1(`%!PS\n%PDF-1.4\n${program}`),
	[BEHIND_COMMENT]: (program) => latin1(`%\n%!PS\n%PDF-1.4\n${program}`),
	'encapsulated PostScript': (program) =>
		latin1(`%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n${program}`),
};

const READS = (path: string) => `(${path}) (r) file 500 string readstring pop show (${path}) run showpage`;

const DISGUISES = [
	{ tool: 'compress_heavy', fileName: 'report.pdf', mimeType: PDF },
	{ tool: 'ocr', fileName: 'scan.pdf', mimeType: PDF },
	{ tool: 'office_to_pdf', fileName: 'letter.docx', mimeType: DOCX },
] as const;

/** Magic bytes decide what a file is: never its name, never what was declared. */
export const kinds: Family = {
	name: 'kinds',
	cases: ({ files }) => [
		...DISGUISES.flatMap((disguise) =>
			Object.entries(STRANGERS).map(
				([what, make]): HostileCase => ({
					name: `${what}, called ${disguise.fileName}, for ${disguise.tool}`,
					...{ ...disguise, make, expected: fails('unsupported_input') },
				}),
			),
		),
		...DISGUISES.flatMap((disguise) =>
			Object.entries(POSTSCRIPTS).map(
				([what, make]): HostileCase => ({
					name: `${what}, called ${disguise.fileName}, for ${disguise.tool}`,
					...{ ...disguise, make: () => make(READS(files.text)) },
					// A document may be text of any kind, and is shown as that.
					expected:
						what === BEHIND_COMMENT && disguise.tool === 'office_to_pdf'
							? succeeds(/showpage/)
							: fails('unsupported_input'),
				}),
			),
		),
		...wrongNames(),
	],
};

function wrongNames(): HostileCase[] {
	const picture = () => plainPng(200, 200, [255, 255, 255]);
	return [
		{
			...{
				name: 'a PDF, called a picture, is a PDF',
				tool: 'compress_heavy',
				fileName: 'a.png',
				mimeType: PNG,
			},
			...{ make: () => onePage({}), expected: succeeds(/Harmless/) },
		},
		{
			...{
				name: 'a PDF, called a docx, is no document',
				tool: 'office_to_pdf',
				fileName: 'a.docx',
				mimeType: DOCX,
			},
			...{ make: () => onePage({}), expected: fails('unsupported_input') },
		},
		{
			...{ name: 'a picture, called a PDF, is a picture', tool: 'ocr', fileName: 'a.pdf', mimeType: PDF },
			...{ make: picture, expected: succeeds() },
		},
		{
			...{
				name: 'a picture, called a PDF, is not compressed',
				tool: 'compress_heavy',
				fileName: 'a.pdf',
				mimeType: PDF,
			},
			...{ make: picture, expected: fails('unsupported_input') },
		},
		{
			...{
				name: 'a docx, called a program, is a docx',
				tool: 'office_to_pdf',
				fileName: 'a.exe',
				mimeType: 'application/x-msdownload',
			},
			...{ make: () => docx(), expected: succeeds(/Harmless/) },
		},
		{
			...{
				name: 'an xlsx, called HTML, is an xlsx',
				tool: 'office_to_pdf',
				fileName: 'a.html',
				mimeType: HTML,
			},
			...{ make: () => xlsx(), expected: succeeds(/Harmless/) },
		},
		{
			...{
				name: 'a script, called a docx, is text',
				tool: 'office_to_pdf',
				fileName: 'a.docx',
				mimeType: DOCX,
			},
			...{
				make: () => Buffer.from(`#!/bin/sh\necho ${MARK}; cat /etc/passwd\n`),
				expected: succeeds(/cat \/etc\/passwd/),
			},
		},
		{
			...{
				name: 'HTML, declared as plain text, is not rendered',
				tool: 'office_to_pdf',
				fileName: 'a.txt',
				mimeType: 'text/plain',
			},
			...{ make: () => Buffer.from('<html><b>Harmless</b>'), expected: succeeds(/<b>Harmless<\/b>/) },
		},
		{
			...{
				name: 'a picture’s head, called a PDF, is a damaged picture',
				tool: 'ocr',
				fileName: 'a.pdf',
				mimeType: PDF,
			},
			...{ make: () => webpHead(100, 100).subarray(0, 25), expected: fails('corrupt_input') },
		},
		{
			...{
				name: 'a TIFF, called a docx, is no document',
				tool: 'office_to_pdf',
				fileName: 'a.docx',
				mimeType: DOCX,
			},
			...{ make: () => tiff(10, 10), expected: fails('unsupported_input') },
		},
	];
}
