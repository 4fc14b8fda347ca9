import { gzipSync } from 'node:zlib';
import { DOCX, HTML, PDF, PNG, TEXT } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { plainPng, tiff, webpHead } from '@creatorr/tools/testing/builders/images';
import { docx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { MARK, onePage } from '@creatorr/tools/testing/builders/pdf';
import { zipOf } from '@creatorr/tools/testing/builders/zip';
import type { Family, HostileCase } from '../hostile-case.ts';
import { casesFor, type Files, SHOWS_MARK } from './case-tables.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
/** A file's first bytes, then zeros. */
const begins = (text: string, zeros: number) => () => Buffer.concat([latin1(text), Buffer.alloc(zeros)]);

const OTHER_TYPES: Files = {
	'a program for Linux': begins('\x7fELF\x02\x01\x01', 500),
	'a program for Windows': begins('MZ\x90\0', 500),
	'a Java class': begins('\xca\xfe\xba\xbe\0\0\0\x34', 200),
	WebAssembly: begins('\0asm\x01\0\0\0', 100),
	'a gzip file': () => gzipSync(onePage({})),
	'a 7z archive': begins("7z\xbc\xaf'\x1c\0\x04", 100),
	'a RAR archive': begins('Rar!\x1a\x07\0', 100),
	'a GIF': begins('GIF89a\x01\0\x01\0\0\0\0', 50),
	'a film': begins('\0\0\0\x18ftypmp42', 200),
	'a database': begins('SQLite format 3\0', 500),
	'an archive of an unknown type': () => zipOf([{ name: 'a.txt', content: 'text' }]),
	'an OLE file of an unknown type': () => oleFile({ Anything: Buffer.alloc(5000) }),
	zeros: begins('', 2000),
	'one zero': begins('', 1),
	noise: () => Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919 + (at >> 3)) & 0xff)),
};

const BEHIND_COMMENT = 'PostScript behind a comment and before a PDF’s header';

/** Different beginnings of files with a PostScript program. */
const POSTSCRIPT_HEADS: Readonly<Record<string, string>> = {
	PostScript: '%!PS-Adobe-3.0\n',
	'PostScript of a printer driver': '\x04%!PS\n',
	'PostScript in a printer’s job': '\x1b%-12345X@PJL\r\n%!PS\n',
	'PostScript with a preview': `\xc5\xd0\xd3\xc6\x1e\0\0\0${'\0'.repeat(22)}%!PS\n`,
	'PostScript with a PDF’s header behind': '%!PS\n%PDF-1.4\n',
	[BEHIND_COMMENT]: '%\n%!PS\n%PDF-1.4\n',
	'encapsulated PostScript': '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n',
};

const DISGUISES = [
	{ tool: 'compress_heavy', fileName: 'report.pdf', mimeType: PDF },
	{ tool: 'ocr', fileName: 'scan.pdf', mimeType: PDF },
	{ tool: 'office_to_pdf', fileName: 'letter.docx', mimeType: DOCX },
];

/** The first bytes decide a file's type, not its name and not its declared type. */
export const kinds: Family = {
	name: 'kinds',
	cases: ({ files }) => [...DISGUISES.flatMap((disguise) => disguised(disguise, files.text)), ...misnamed()],
};

function disguised({ tool, ...declared }: (typeof DISGUISES)[number], secretPath: string): HostileCase[] {
	const reading = `(${secretPath}) (r) file 500 string readstring pop show (${secretPath}) run showpage`;
	const programs = Object.entries(POSTSCRIPT_HEADS).map(
		([what, head]) => [what, () => latin1(head + reading)] as const,
	);
	return Object.entries({ ...OTHER_TYPES, ...Object.fromEntries(programs) }).flatMap(([what, make]) => {
		// Any text is a document for the office.
		const isText = what === BEHIND_COMMENT && tool === 'office_to_pdf';
		const name = `${what}, called ${declared.fileName}, for ${tool}`;
		return casesFor(tool, declared, isText ? /showpage/ : 'unsupported_input', { [name]: make });
	});
}

function misnamed(): HostileCase[] {
	const asPdf = { fileName: 'a.pdf', mimeType: PDF };
	const asDocx = { fileName: 'a.docx', mimeType: DOCX };
	const asProgram = { fileName: 'a.exe', mimeType: 'application/x-msdownload' };
	const picture = () => plainPng(200, 200, [255, 255, 255]);
	return [
		...casesFor('compress_heavy', { fileName: 'a.png', mimeType: PNG }, SHOWS_MARK, {
			'a PDF, called a picture, is a PDF': () => onePage({}),
		}),
		...casesFor('compress_heavy', asPdf, 'unsupported_input', {
			'a picture, called a PDF, is not compressed': picture,
		}),
		...casesFor('ocr', asPdf, 'succeeded', { 'a picture, called a PDF, is a picture': picture }),
		...casesFor('ocr', asPdf, 'corrupt_input', {
			'a picture’s head, called a PDF, is a damaged picture': () => webpHead(100, 100).subarray(0, 25),
		}),
		...casesFor('office_to_pdf', asDocx, 'unsupported_input', {
			'a PDF, called a docx, is no document': () => onePage({}),
			'a TIFF, called a docx, is no document': () => tiff(10, 10),
		}),
		...casesFor('office_to_pdf', asProgram, SHOWS_MARK, {
			'a docx, called a program, is a docx': () => docx(),
		}),
		...casesFor('office_to_pdf', { fileName: 'a.html', mimeType: HTML }, SHOWS_MARK, {
			'an xlsx, called HTML, is an xlsx': () => xlsx(),
		}),
		...casesFor('office_to_pdf', asDocx, /cat \/etc\/passwd/, {
			'a script, called a docx, is text': () => Buffer.from(`#!/bin/sh\necho ${MARK}; cat /etc/passwd\n`),
		}),
		...casesFor('office_to_pdf', { fileName: 'a.txt', mimeType: TEXT }, /<b>Harmless<\/b>/, {
			'HTML, declared as plain text, is not rendered': () => Buffer.from('<html><b>Harmless</b>'),
		}),
	];
}
