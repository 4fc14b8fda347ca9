import { DOCX, ODS, PDF, TIFF, XLSX } from '@creatorr/tool-kit/files/media-types';
import { tiff } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { type RawObject, rawPdf } from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const TOO_MUCH = fails('limit_exceeded');
const CORRUPT = fails('corrupt_input');
/** Long enough for anything that has an end. */
const ENDLESS_MS = 20_000;
const PAGE =
	'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>';
const CONTENT: RawObject = {
	dictionary: '',
	stream: `%${' '.repeat(300)}\nBT /F1 24 Tf 40 150 Td (Harmless) Tj ET`,
};

/** A PDF with this tree of pages: object 2 is its root, 3 a page, 5 and following are as given. */
const tree = (root: string, ...more: RawObject[]) =>
	rawPdf({ objects: ['<< /Type /Catalog /Pages 2 0 R >>', root, PAGE, CONTENT, ...more] });

/** Documents of more pages than anybody can have, or that never come to the last. */
export const pageBombs: Family = {
	name: 'page bombs',
	cases: () => [...trees(), ...documents()],
};

function trees(): HostileCase[] {
	const of = (name: string, make: () => Buffer, expected: Expected): HostileCase[] =>
		(['compress_heavy', 'ocr'] as const).map((tool) => ({
			...{ name: `${name}, for ${tool}`, tool, fileName: 'a.pdf', mimeType: PDF, make, expected },
		}));
	const chain = (length: number) =>
		Array.from(
			{ length },
			(_, index) => `<< /Type /Pages /Count 1 /Kids [${index === length - 1 ? 3 : index + 6} 0 R] >>`,
		);
	const doubling = (depth: number) =>
		Array.from({ length: depth }, (_, index) => {
			const kid = index === depth - 1 ? 3 : index + 6;
			return `<< /Type /Pages /Count 2 /Kids [${kid} 0 R ${kid} 0 R] >>`;
		});
	const deep = () => tree('<< /Type /Pages /Kids [5 0 R] /Count 1 >>', ...chain(100_000));
	// It is the end of whoever follows it to the last, and of nobody else.
	const [compressed, read] = of('a tree 100,000 levels deep', deep, CORRUPT) as [HostileCase, HostileCase];
	return [
		{ ...compressed, expected: fails('tool_failed') },
		read,
		...of(
			'a tree that claims a million pages',
			() => tree('<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>'),
			succeeds(),
		),
		...of(
			'a tree that claims -1 pages',
			() => tree('<< /Type /Pages /Kids [3 0 R] /Count -1 >>'),
			succeeds(),
		),
		...of(
			'a page a thousand times',
			() => tree(`<< /Type /Pages /Kids [${'3 0 R '.repeat(1000)}] /Count 1000 >>`),
			TOO_MUCH,
		),
		...of(
			'a page a thousand times in a tree that claims one',
			() => tree(`<< /Type /Pages /Kids [${'3 0 R '.repeat(1000)}] /Count 1 >>`),
			TOO_MUCH,
		),
		...of(
			'a page 200,000 times',
			() => tree(`<< /Type /Pages /Kids [${'3 0 R '.repeat(200_000)}] /Count 200000 >>`),
			TOO_MUCH,
		),
		...of('a tree that is its own branch', () => tree('<< /Type /Pages /Kids [2 0 R] /Count 1 >>'), CORRUPT),
		...of(
			'a page and the tree itself',
			() => tree('<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>'),
			CORRUPT,
		),
		...of(
			'a tree that doubles 30 times',
			() => tree('<< /Type /Pages /Kids [5 0 R 5 0 R] /Count 2 >>', ...doubling(30)),
			CORRUPT,
		),
		...of(
			'a tree 2,000 levels deep',
			() => tree('<< /Type /Pages /Kids [5 0 R] /Count 1 >>', ...chain(2000)),
			succeeds(/Harmless/),
		),
		...of('a tree without branches', () => tree('<< /Type /Pages /Kids [] /Count 1 >>'), CORRUPT),
		...of('a tree of numbers', () => tree('<< /Type /Pages /Kids [1 2 3] /Count 3 >>'), CORRUPT),
		...of(
			'a tree of what is not there',
			() => tree('<< /Type /Pages /Kids [77 0 R 78 0 R] /Count 2 >>'),
			CORRUPT,
		),
		...of(
			'a tree that is a page',
			() => rawPdf({ objects: ['<< /Type /Catalog /Pages 3 0 R >>', 'null', PAGE, CONTENT] }),
			CORRUPT,
		),
	];
}

function documents(): HostileCase[] {
	const of = (name: string, mimeType: string, make: () => Buffer, expected: Expected): HostileCase => ({
		...{ name, tool: 'office_to_pdf', fileName: 'a', mimeType, make, expected },
	});
	const repeated =
		'<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell></table:table-row>';
	const frames = (count: number) => {
		// Each directory is followed by one more, of the same pixels.
		const one = tiff(40, 40);
		const size = one.length - 1008;
		const directories = Array.from({ length: count }, (_, index) => {
			const directory = Buffer.from(one.subarray(1008));
			directory.writeUInt32LE(index === count - 1 ? 0 : 1008 + size * (index + 1), size - 4);
			return directory;
		});
		return Buffer.concat([one.subarray(0, 1008), ...directories]);
	};
	return [
		of(
			'a docx of 1,000 pages',
			DOCX,
			() => docx({ body: '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'.repeat(1000) }),
			TOO_MUCH,
		),
		{
			...of(
				'an xlsx of a far cell',
				XLSX,
				() => xlsx({ body: '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' }),
				fails('timeout'),
			),
			deadlineMs: ENDLESS_MS,
		},
		{
			...of('an ods of a billion cells', ODS, () => odf('spreadsheet', { body: repeated }), fails('timeout')),
			deadlineMs: ENDLESS_MS,
		},
		{
			...{ name: 'a TIFF of 1,000 pictures', tool: 'ocr', fileName: 'a', mimeType: TIFF },
			...{ make: () => frames(1000), expected: TOO_MUCH },
		},
	];
}
