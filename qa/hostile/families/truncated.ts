import { deflateSync } from 'node:zlib';
import {
	DOC,
	DOCX,
	JPEG,
	ODT,
	PNG,
	PPT,
	RTF,
	TIFF,
	WEBP,
	XLS,
	XLSX,
} from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { jpegHead, plainPng, png, tiff, webpHead } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import type { Family } from '../hostile-case.ts';
import { forOcr, forOffice, forPdfTools, replaceIn, SHOWS_MARK } from './case-tables.ts';

/** Files that end too early, or with a hole in the middle. */
export const truncated: Family = {
	name: 'truncated',
	cases: () => [...pdfs(), ...documents(), ...pictures()],
};

const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));
const HEADER = Buffer.from('%PDF-1.7\n');

function withoutCatalog(): Buffer {
	const bytes = onePage({});
	return bytes.fill(0, bytes.indexOf('1 0 obj'), bytes.indexOf('3 0 obj'));
}

const pdfs = () => [
	...forPdfTools('corrupt_input', {
		'the header alone': () => HEADER,
		'a PDF’s first tenth': () => cut(onePage({}), 0.1),
		'a PDF without its end': () => cut(onePage({}), 0.9),
		'a PDF whose catalog is gone': withoutCatalog,
		'a PDF of zeros behind its header': () => Buffer.concat([HEADER, Buffer.alloc(100_000)]),
	}),
	...forPdfTools(SHOWS_MARK, {
		'a PDF whose table points nowhere': () => replaceIn(onePage({}), /startxref\n\d+/, 'startxref\n99999999'),
	}),
];

const emptyWord = () => oleFile({ WordDocument: Buffer.alloc(5000) });
const documents = () => [
	...forOffice(DOCX, 'corrupt_input', {
		'half a docx': () => cut(docx(), 0.5),
		'a docx without its last byte': () => docx().subarray(0, -1),
		'a docx whose text is cut': () => docx({ main: '<?xml version="1.0"?><w:document' }),
	}),
	...forOffice(DOCX, 'unsupported_input', { 'a docx whose text is empty': () => docx({ main: '' }) }),
	...forOffice(XLSX, 'corrupt_input', { 'half an xlsx': () => cut(xlsx(), 0.5) }),
	...forOffice(XLSX, 'corrupt_input', { 'half a pptx': () => cut(pptx(), 0.5) }),
	...forOffice(ODT, 'corrupt_input', { 'half an odt': () => cut(odf('text'), 0.5) }),
	...forOffice(ODT, 'corrupt_input', {
		'an odt whose text is no XML': () => odf('text', { main: 'no XML' }),
	}),
	...forOffice(DOC, 'corrupt_input', {
		'a Word file of zeros': emptyWord,
		'a Word file cut in its header': () => emptyWord().subarray(0, 300),
		'a Word file cut in its directory': () => emptyWord().subarray(0, 1100),
	}),
	...forOffice(XLS, 'corrupt_input', {
		'an Excel file of zeros': () => oleFile({ Workbook: Buffer.alloc(5000) }),
	}),
	...forOffice(PPT, 'corrupt_input', {
		'a PowerPoint file of zeros': () =>
			oleFile({ 'PowerPoint Document': Buffer.alloc(5000), 'Current User': Buffer.alloc(60) }),
	}),
	...forOffice(RTF, 'corrupt_input', {
		'an RTF cut in its header': () => Buffer.from('{\\rtf1\\ansi{\\fonttbl'),
	}),
];

const pictures = () => [
	...forOcr(PNG, 'corrupt_input', {
		'a PNG without pixels': () => plainPng(50, 50, [0, 0, 0]).subarray(0, 33),
		'a PNG with too few pixels': () => png(500, 500, { data: deflateSync(Buffer.alloc(100)) }),
		'a PNG whose pixels are no deflate': () => png(50, 50, { data: Buffer.from('no deflate at all') }),
		'a PNG of no width': () => png(0, 50),
	}),
	...forOcr(JPEG, 'corrupt_input', { 'a JPEG of its first bytes': () => jpegHead(50, 50).subarray(0, 60) }),
	...forOcr(TIFF, 'corrupt_input', {
		'a TIFF cut in its directory': () => tiff(100, 80).subarray(0, 1030),
		'a TIFF whose pixels lie behind its end': () => tiff(100, 80, { 273: 5_000_000 }),
	}),
	...forOcr(TIFF, 'succeeded', { 'a TIFF whose directory follows itself': () => tiff(100, 80, {}, 1008) }),
	...forOcr(WEBP, 'corrupt_input', { 'a WebP of its header': () => webpHead(50, 50).subarray(0, 24) }),
];
