import { DOCX, ODS, TIFF, XLSX } from '@creatorr/tool-kit/files/media-types';
import { tiff } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { type RawObject, rawPdf } from '@creatorr/tools/testing/builders/pdf';
import type { Family } from '../hostile-case.ts';
import { forOcr, forOffice, forPdfTools, SHOWS_MARK, withDeadline } from './case-tables.ts';

/** Documents with more pages than any plan allows, or whose last page is never reached. */
export const pageBombs: Family = {
	name: 'page bombs',
	cases: () => [...trees(), ...documents()],
};

const PAGE =
	'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>';
const CONTENT: RawObject = {
	dictionary: '',
	stream: `%${' '.repeat(300)}\nBT /F1 24 Tf 40 150 Td (Harmless) Tj ET`,
};

/** Returns a PDF with this page tree: object 2 is its root, 3 a page, 5 and following are as given. */
const tree = (kids: string, count: number, more: readonly string[] = []) =>
	rawPdf({
		objects: [
			'<< /Type /Catalog /Pages 2 0 R >>',
			`<< /Type /Pages /Kids [${kids}] /Count ${count} >>`,
			...[PAGE, CONTENT, ...more],
		],
	});
/** Nodes from object 5 on, each with the next as its kid `times` times, the last one with the page. */
const chain = (length: number, times: number) =>
	Array.from({ length }, (_, index) => {
		const kid = `${index === length - 1 ? 3 : index + 6} 0 R`;
		return `<< /Type /Pages /Count ${times} /Kids [${Array(times).fill(kid).join(' ')}] >>`;
	});

const WRONG_COUNTS = {
	'a tree that claims a million pages': () => tree('3 0 R', 1_000_000),
	'a tree that claims -1 pages': () => tree('3 0 R', -1),
};
const trees = () => [
	// Poppler displays no page of them, so compression can't compare a copy. qpdf, which OCR reads them with, counts the pages.
	...forPdfTools('corrupt_input', WRONG_COUNTS, ['compress_heavy']),
	...forPdfTools('succeeded', WRONG_COUNTS, ['ocr']),
	...forPdfTools(SHOWS_MARK, { 'a tree 2,000 levels deep': () => tree('5 0 R', 1, chain(2000, 1)) }),
	...forPdfTools('limit_exceeded', {
		'a page a thousand times': () => tree('3 0 R '.repeat(1000), 1000),
		'a page a thousand times in a tree that claims one': () => tree('3 0 R '.repeat(1000), 1),
		'a page 200,000 times': () => tree('3 0 R '.repeat(200_000), 200_000),
	}),
	...forPdfTools('corrupt_input', {
		// qpdf crashes.
		'a tree 100,000 levels deep': () => tree('5 0 R', 1, chain(100_000, 1)),
		'a tree that is its own child': () => tree('2 0 R', 1),
		'a page and the tree itself': () => tree('3 0 R 2 0 R', 2),
		'a tree that doubles 30 times': () => tree('5 0 R 5 0 R', 2, chain(30, 2)),
		'a tree without children': () => tree('', 1),
		'a tree of numbers': () => tree('1 2 3', 3),
		'a tree of missing pages': () => tree('77 0 R 78 0 R', 2),
		'a tree that is a page': () =>
			rawPdf({ objects: ['<< /Type /Catalog /Pages 3 0 R >>', 'null', PAGE, CONTENT] }),
	}),
];

const FAR_CELL = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';
const BILLION_CELLS =
	'<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row>';

const documents = () => [
	...forOffice(DOCX, 'limit_exceeded', {
		'a docx of 1,000 pages': () => docx({ body: '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'.repeat(1000) }),
	}),
	...withDeadline([
		...forOffice(XLSX, 'timeout', { 'an xlsx of a far cell': () => xlsx({ body: FAR_CELL }) }),
		...forOffice(ODS, 'timeout', {
			'an ods of a billion cells': () => odf('spreadsheet', { body: BILLION_CELLS }),
		}),
	]),
	...forOcr(TIFF, 'limit_exceeded', { 'a TIFF of 1,000 pictures': () => tiffOf(1000) }),
];

/** Returns a TIFF with this many directories, each of the same pixels. */
function tiffOf(pictures: number): Buffer {
	const one = tiff(40, 40);
	const [head, last] = [one.subarray(0, 1008), one.subarray(1008)];
	const directories = Array.from({ length: pictures }, (_, index) => {
		const directory = Buffer.from(last);
		const next = index === pictures - 1 ? 0 : head.length + last.length * (index + 1);
		directory.writeUInt32LE(next, directory.length - 4);
		return directory;
	});
	return Buffer.concat([head, ...directories]);
}
