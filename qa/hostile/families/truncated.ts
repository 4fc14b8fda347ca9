import { deflateSync } from 'node:zlib';
import { DOCX, JPEG, ODT, PDF, PNG, TIFF, WEBP, XLSX } from '@creatorr/tool-kit/files/media-types';
import { oleFile } from '@creatorr/tool-kit/testing/ole-file';
import { jpegHead, plainPng, png, tiff, webpHead } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { onePage } from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const CORRUPT = fails('corrupt_input');
const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));

/** Files that end before their end, or whose middle is gone. */
export const truncated: Family = {
	name: 'truncated',
	cases: () => [...pdfs(), ...documents(), ...pictures()],
};

function pdfs(): HostileCase[] {
	const of = (name: string, make: () => Buffer, expected: Expected): HostileCase[] =>
		(['compress_heavy', 'ocr'] as const).map((tool) => ({
			...{ name: `${name}, for ${tool}`, tool, fileName: 'a.pdf', mimeType: PDF, make, expected },
		}));
	const holed = () => {
		const bytes = onePage({});
		return bytes.fill(0, bytes.indexOf('1 0 obj'), bytes.indexOf('3 0 obj'));
	};
	return [
		...of('the header alone', () => Buffer.from('%PDF-1.7\n'), CORRUPT),
		...of('a PDF’s first tenth', () => cut(onePage({}), 0.1), CORRUPT),
		...of('a PDF without its end', () => cut(onePage({}), 0.9), CORRUPT),
		...of(
			'a PDF whose table points nowhere',
			() =>
				Buffer.from(
					onePage({})
						.toString('latin1')
						.replace(/startxref\n\d+/, 'startxref\n99999999'),
					'latin1',
				),
			succeeds(/Harmless/),
		),
		...of('a PDF whose catalog is gone', holed, CORRUPT),
		...of(
			'a PDF of zeros behind its header',
			() => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(100_000)]),
			CORRUPT,
		),
	];
}

function documents(): HostileCase[] {
	const of = (name: string, mimeType: string, make: () => Buffer, expected = CORRUPT): HostileCase => ({
		...{ name, tool: 'office_to_pdf', fileName: 'a', mimeType, make, expected },
	});
	const ole = () => oleFile({ WordDocument: Buffer.alloc(5000) });
	return [
		of('half a docx', DOCX, () => cut(docx(), 0.5)),
		of('a docx without its last byte', DOCX, () => docx().subarray(0, -1)),
		of('half an xlsx', XLSX, () => cut(xlsx(), 0.5)),
		of('half a pptx', XLSX, () => cut(pptx(), 0.5)),
		of('half an odt', ODT, () => cut(odf('text'), 0.5)),
		of('a docx whose text is cut', DOCX, () => docx({ main: '<?xml version="1.0"?><w:document' })),
		of('a docx whose text is empty', DOCX, () => docx({ main: '' }), fails('unsupported_input')),
		of('an odt whose text is no XML', ODT, () => odf('text', { main: 'no XML' })),
		of('a Word file of zeros', 'application/msword', ole),
		of('a Word file cut in its header', 'application/msword', () => ole().subarray(0, 300)),
		of('a Word file cut in its directory', 'application/msword', () => ole().subarray(0, 1100)),
		of('an Excel file of zeros', 'application/vnd.ms-excel', () => oleFile({ Workbook: Buffer.alloc(5000) })),
		of('a PowerPoint file of zeros', 'application/vnd.ms-powerpoint', () =>
			oleFile({ 'PowerPoint Document': Buffer.alloc(5000), 'Current User': Buffer.alloc(60) }),
		),
		of('an RTF cut in its header', 'application/rtf', () => Buffer.from('{\\rtf1\\ansi{\\fonttbl')),
	];
}

function pictures(): HostileCase[] {
	const of = (name: string, mimeType: string, make: () => Buffer): HostileCase => ({
		...{ name, tool: 'ocr', fileName: 'a', mimeType, make, expected: CORRUPT },
	});
	return [
		of('a PNG without pixels', PNG, () => plainPng(50, 50, [0, 0, 0]).subarray(0, 33)),
		of('a PNG with too few pixels', PNG, () => png(500, 500, { data: deflateSync(Buffer.alloc(100)) })),
		of('a PNG whose pixels are no deflate', PNG, () =>
			png(50, 50, { data: Buffer.from('no deflate at all') }),
		),
		of('a PNG of no width', PNG, () => png(0, 50)),
		of('a JPEG of its first bytes', JPEG, () => jpegHead(50, 50).subarray(0, 60)),
		of('a TIFF cut in its directory', TIFF, () => tiff(100, 80).subarray(0, 1030)),
		{
			...of('a TIFF whose directory follows itself', TIFF, () => tiff(100, 80, {}, 1008)),
			expected: succeeds(),
		},
		of('a TIFF whose pixels lie behind its end', TIFF, () => tiff(100, 80, { 273: 5_000_000 })),
		of('a WebP of its header', WEBP, () => webpHead(50, 50).subarray(0, 24)),
	];
}
